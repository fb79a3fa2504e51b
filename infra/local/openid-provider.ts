import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, {
  type AdapterPayload,
  type Configuration,
  errors,
  interactionPolicy,
  type JWK,
  type KoaContextWithOIDC,
  type ResourceServer,
} from 'oidc-provider';
import { html } from './html.ts';
import { listen } from './listen.ts';
import { errorPage, secondFactorField, signedOutPage, signInPage, signOutPage } from './openid-pages.ts';
import { OpenIdStore } from './openid-store.ts';
import { type Page, pageHeaders, renderPage, sendStyle } from './page.ts';
import { readBody } from './read-body.ts';
import type { ReadyUser } from './ready-users.ts';

export interface OpenIdProviderOptions {
  readonly port: number;
  /** Origins of the app: where a sign-in may return to, and who may call the token endpoint from a browser. */
  readonly appOrigins: readonly string[];
  readonly clientId: string;
  /** `aud` of access tokens */
  readonly audience: string;
  readonly users: readonly ReadyUser[];
  /** Where the signing key is kept, so that a restart does not make it unknown; undefined: a new one each time */
  readonly keyFile?: string;
  /** seconds */
  readonly tokenLifetimes?: { readonly accessSeconds: number };
}

export interface OpenIdProvider {
  readonly issuer: string;
  stop(): Promise<void>;
}

const defaultTokenSeconds = 15 * 60;
const daySeconds = 24 * 3600;
const scope = 'openid profile email offline_access';
/** How people sign in here. Nobody has a password or a second factor: the page asks whether to say that there was one. */
export const signIns = {
  // RFC 8176, section 2: a person was there.
  one: { acr: 'urn:example:one-factor', amr: ['user'] },
  two: { acr: 'urn:example:two-factors', amr: ['user', 'otp', 'mfa'] },
} as const;
const interactionPath = /^\/interaction\/([\w-]+)$/;

/**
 * A real OpenID provider for the local stack: authorization code with PKCE, signed JWTs as access tokens, rotating
 * refresh tokens, sign-out. Instead of a password it asks who you want to be.
 */
export async function startOpenIdProvider(options: OpenIdProviderOptions): Promise<OpenIdProvider> {
  const server = createServer();
  const { port, stop } = await listen(server, options.port);
  const issuer = `http://localhost:${port}`;
  const provider = new Provider(issuer, configuration(options, await signingKey(options.keyFile)));
  // NB. For documents without a secret, oidc-provider allows every origin; `clientBasedCORS` is about the others only.
  provider.use(async (context, next) => {
    await next();
    if (!options.appOrigins.includes(context.get('Origin'))) context.remove('Access-Control-Allow-Origin');
  });
  const callback = provider.callback();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    // NB. A path like `//` is no address, and an error here would end the whole stack.
    const pathname = URL.parse(request.url ?? '/', issuer)?.pathname ?? '';
    if (pathname === '/page.css') return sendStyle(response);
    if (!interactionPath.test(pathname)) return void callback(request, response);
    interact(provider, options, request, response).catch((error: unknown) => {
      // The interaction is over or was never begun here; the person starts again from the app.
      const words = error instanceof Error ? error.message : String(error);
      answer(response, options, 400, {
        title: 'Sign-in',
        body: html`<h1>This sign-in is over</h1><p>Go back to Stepladder and sign in again. (${words})</p>`,
      });
    });
  });
  return { issuer, stop };
}

function configuration(options: OpenIdProviderOptions, key: JWK): Configuration {
  const { audience, appOrigins, clientId, users } = options;
  const seconds = options.tokenLifetimes?.accessSeconds ?? defaultTokenSeconds;
  const remembered = new Map<string, AdapterPayload>();
  const userOf = (sub: string | undefined) => users.find((user) => user.sub === sub);
  return {
    adapter: (model) => new OpenIdStore(model, remembered),
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        require_auth_time: true,
        redirect_uris: appOrigins.flatMap((origin) => [`${origin}/callback`, `${origin}/popup-callback`]),
        post_logout_redirect_uris: appOrigins.map((origin) => `${origin}/signed-out`),
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    acrValues: [signIns.one.acr, signIns.two.acr],
    claims: { openid: ['sub', 'acr', 'amr'], acr: null, profile: ['name', 'groups'], email: ['email'] },
    // Most providers put the claims of the scopes into the ID token, where the app reads them.
    conformIdTokenClaims: false,
    findAccount: (_context, sub) => accountOf(users, sub),
    extraTokenClaims: (_context, token) => {
      const user = userOf('accountId' in token ? token.accountId : undefined);
      return { groups: user?.groups ?? [], ...(user?.department && { department: user.department }) };
    },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => resourceServer(resource, audience, seconds),
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => showPage(context, options, signOutPage(form)),
        postLogoutSuccessSource: (context) => showPage(context, options, signedOutPage()),
      },
    },
    pkce: { required: () => true },
    clientBasedCORS: (_context, origin) => appOrigins.includes(origin),
    interactions: {
      url: (_context, interaction) => `/interaction/${interaction.uid}`,
      policy: askingForLevels(),
    },
    loadExistingGrant: (context) => firstPartyGrant(context, audience),
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: () => true,
    renderError: (context, out) => showPage(context, options, errorPage(out)),
    ttl: {
      AccessToken: seconds,
      IdToken: seconds,
      RefreshToken: daySeconds,
      Session: daySeconds,
      Grant: daySeconds,
      Interaction: 3600,
      AuthorizationCode: 60,
    },
  };
}

/** Without what was asked for, the person is asked again, once; what they then choose is what the app gets. */
function askingForLevels() {
  const { Check } = interactionPolicy;
  const policy = interactionPolicy.base();
  const check = new Check('acr_values', 'another level is asked for', ({ oidc }) => {
    const wanted = String(oidc.params?.acr_values ?? '').split(' ');
    const enough = wanted[0] === '' || wanted.includes(oidc.session?.acr ?? '');
    return enough || oidc.result?.login !== undefined ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
  });
  policy.get('login')?.checks.add(check);
  return policy;
}

/** RFC 8707, section 2: a resource that is not known is refused, and no token is made out to it. */
function resourceServer(resource: string, audience: string, seconds: number): ResourceServer {
  if (resource !== audience) throw new errors.InvalidTarget();
  return { scope: '', audience, accessTokenFormat: 'jwt', accessTokenTTL: seconds };
}

function accountOf(users: readonly ReadyUser[], sub: string) {
  const user = users.find((ready) => ready.sub === sub);
  if (user === undefined) return undefined;
  const { name, email, groups } = user;
  return { accountId: sub, claims: () => ({ sub, name, email, groups: [...groups] }) };
}

/** The app is the provider's own, so nobody is asked whether it may know who they are. */
async function firstPartyGrant(context: KoaContextWithOIDC, audience: string) {
  const { client, session, provider } = context.oidc;
  if (client === undefined || session?.accountId === undefined) return undefined;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(scope);
  grant.addResourceScope(audience, '');
  await grant.save();
  return grant;
}

/** GET: who do you want to be? POST: be them. */
async function interact(
  provider: Provider,
  options: OpenIdProviderOptions,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const { uid, params } = await provider.interactionDetails(request, response);
  const asksForTwo = String(params.acr_values ?? '')
    .split(' ')
    .includes(signIns.two.acr);
  const page = signInPage(options.users, uid, asksForTwo);
  if (request.method !== 'POST') return answer(response, options, 200, page);
  const form = new URLSearchParams((await readBody(request, 4096))?.toString('utf8'));
  const user = options.users.find((ready) => ready.sub === form.get('sub'));
  if (user === undefined) return answer(response, options, 400, page);
  const { acr, amr } = form.has(secondFactorField) ? signIns.two : signIns.one;
  const result = { login: { accountId: user.sub, acr, amr: [...amr] } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

/** NB. Chromium holds a form's redirects against form-action too, so the way back to the app has to be in it. */
function headersOf({ appOrigins }: OpenIdProviderOptions) {
  return pageHeaders(["'self'", ...appOrigins].join(' '));
}

function answer(response: ServerResponse, options: OpenIdProviderOptions, status: number, page: Page): void {
  response.writeHead(status, headersOf(options)).end(renderPage(page, '/page.css'));
}

function showPage(context: KoaContextWithOIDC, options: OpenIdProviderOptions, page: Page): void {
  context.set(headersOf(options));
  context.body = renderPage(page, '/page.css');
}

async function signingKey(file: string | undefined): Promise<JWK> {
  if (file !== undefined && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = {
    ...(await exportJWK(privateKey)),
    use: 'sig',
    alg: 'RS256',
    kid: randomBytes(8).toString('hex'),
  } as JWK;
  if (file !== undefined) writeFileSync(file, JSON.stringify(key), { mode: 0o600 });
  return key;
}
