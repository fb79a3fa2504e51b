import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { oauthProvider } from '@better-auth/oauth-provider';
import { type BetterAuthOptions, type BetterAuthPlugin, betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { getAuthTables } from 'better-auth/db';
import { toNodeHandler } from 'better-auth/node';
import { jwt } from 'better-auth/plugins';
import { type Html, html } from '../../infra/local/html.ts';
import { listen } from '../../infra/local/listen.ts';
import type { OpenIdProvider, OpenIdProviderOptions } from '../../infra/local/openid-provider.ts';
import { pageHeaders, renderPage, sendStyle } from '../../infra/local/page.ts';
import { readBody } from '../../infra/local/read-body.ts';
import type { ReadyUser } from '../../infra/local/ready-users.ts';

/** of everybody; it is asked for in earnest */
export const password = 'correct horse battery staple';

/**
 * An OpenID provider that shares no code with the local one: Better Auth with its OAuth provider. It differs in what
 * tokens leave open: an issuer with a path, an access token for two audiences (the API and its own userinfo), the client
 * as client_id and as azp, subjects that it makes up. All that is configured for Stepladder is the client, the resource,
 * and the claims that infra/identity/README.md asks of any provider.
 */
export async function startSecondProvider(options: OpenIdProviderOptions): Promise<OpenIdProvider> {
  const server = createServer();
  const { port, stop } = await listen(server, options.port);
  const origin = `http://localhost:${port}`;
  const auth = createAuth(origin, options);
  await addUsers(auth, options);
  const pass = toNodeHandler(auth);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '/', origin);
    // The app's pages ask for the discovery document and for tokens.
    if (options.appOrigins.includes(request.headers.origin ?? '')) {
      response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? '');
    }
    const answer = async () => {
      if (pathname === '/page.css') return sendStyle(response);
      if (pathname === '/login') return logIn(auth, origin, options, request, response);
      if (pathname !== '/api/auth/.well-known/openid-configuration') return pass(request, response);
      const found = JSON.stringify(await oauthApi(auth).getOpenIdConfig());
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(found);
    };
    answer().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  return { issuer: `${origin}/api/auth`, stop };
}

type Auth = ReturnType<typeof createAuth>;

/** What is called here of the plugin. NB. Its own types do not fit Better Auth's under exactOptionalPropertyTypes. */
interface OAuthApi {
  getOpenIdConfig(): Promise<unknown>;
  adminCreateOAuthClient(call: { headers: HeadersInit; body: Record<string, unknown> }): Promise<unknown>;
}

function oauthApi(auth: Auth): OAuthApi {
  return auth.api as unknown as OAuthApi;
}

function createAuth(baseURL: string, { clientId, audience, tokenLifetimes }: OpenIdProviderOptions) {
  const seconds = tokenLifetimes?.accessSeconds ?? 900;
  const rows: Record<string, Record<string, unknown>[]> = {};
  const settings: BetterAuthOptions = {
    baseURL,
    secret: randomBytes(32).toString('base64url'),
    telemetry: { enabled: false },
    logger: { level: 'error' },
    rateLimit: { enabled: false },
    database: memoryAdapter(rows),
    emailAndPassword: { enabled: true },
    user: { additionalFields: { groups: { type: 'string[]', input: false, required: false } } },
    plugins: [
      jwt({ jwks: { keyPairConfig: { alg: 'ES256' } }, disableSettingJwtHeader: true }),
      oauthProvider({
        loginPage: '/login',
        consentPage: '/consent',
        generateClientId: () => clientId,
        resources: [audience],
        // Its only client may ask for its only resource.
        enforcePerClientResources: false,
        accessTokenExpiresIn: seconds,
        idTokenExpiresIn: seconds,
        customAccessTokenClaims: ({ user }) => ({ groups: user?.groups ?? [] }),
        // By itself it puts these into its userinfo only (OpenID Connect Core 1.0, section 5.4).
        customIdTokenClaims: ({ user }) => ({
          name: user.name,
          email: user.email,
          email_verified: user.emailVerified,
        }),
        rateLimit: { token: false, authorize: false },
      }) as unknown as BetterAuthPlugin,
    ],
  };
  for (const { modelName } of Object.values(getAuthTables(settings))) rows[modelName] = [];
  return betterAuth(settings);
}

async function addUsers(auth: Auth, { users, appOrigins }: OpenIdProviderOptions): Promise<void> {
  const { internalAdapter } = await auth.$context;
  const add = async ({ name, email, groups }: Pick<ReadyUser, 'name' | 'email' | 'groups'>) => {
    const { headers, response } = await auth.api.signUpEmail({
      body: { name, email, password },
      returnHeaders: true,
    });
    await internalAdapter.updateUser(response.user.id, { emailVerified: true, groups: [...groups] });
    return headers;
  };
  for (const user of users) await add(user);
  const headers = await add({ name: 'Operator', email: 'operator@example.com', groups: [] });
  await oauthApi(auth).adminCreateOAuthClient({
    headers: { cookie: cookiesOf(headers) },
    body: {
      redirect_uris: appOrigins.flatMap((origin) => [`${origin}/callback`, `${origin}/popup-callback`]),
      post_logout_redirect_uris: appOrigins.map((origin) => `${origin}/signed-out`),
      token_endpoint_auth_method: 'none',
      // A browser's client would be "web"; but of loopback, Better Auth knows only native ones.
      application_type: 'native',
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid profile email offline_access',
      skip_consent: true,
      enable_end_session: true,
    },
  });
}

/** The page that Better Auth leaves to whoever runs it: it takes an e-mail and a password, and hands them on. */
async function logIn(
  auth: Auth,
  origin: string,
  { appOrigins }: OpenIdProviderOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { search } = new URL(request.url ?? '/', origin);
  const showForm = (status: number, title: string) => {
    // The form's redirects lead back to the app, and its policy holds for them too.
    response.writeHead(status, pageHeaders(["'self'", ...appOrigins].join(' ')));
    response.end(renderPage({ title, body: form(title, search) }, '/page.css'));
  };
  if (request.method !== 'POST') return showForm(200, 'Sign in');
  const sent = new URLSearchParams((await readBody(request, 10_000))?.toString());
  const body = { email: sent.get('email'), password: sent.get('password'), oauth_query: search.slice(1) };
  const answer = await auth.handler(
    new Request(`${origin}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: origin },
      body: JSON.stringify(body),
    }),
  );
  if (!answer.ok) return showForm(401, 'Sign in: e-mail or password was wrong');
  const { url } = (await answer.json()) as { url: string };
  response.writeHead(303, { Location: url, 'Set-Cookie': answer.headers.getSetCookie() }).end();
}

function form(title: string, search: string): Html {
  return html`<h1>${title}</h1><form method="post" action="/login${search}">
<p><label>E-mail <input name="email" type="email"></label></p>
<p><label>Password <input name="password" type="password"></label></p>
<p><button>Sign in</button></p></form>`;
}

function cookiesOf(headers: Headers): string {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}
