import { createHash, randomBytes } from 'node:crypto';
import type { TokenPair } from '../../support/tokens.ts';

/** What a browser and the app in it do to sign in, by HTTP alone: cookies, redirects, PKCE (RFC 7636). */

export interface SignInSettings {
  readonly issuer: string;
  readonly appOrigin: string;
  readonly clientId: string;
  readonly audience: string;
}

export interface Tokens extends TokenPair {
  readonly refresh: string;
}

type Parameters = Readonly<Record<string, string | undefined>>;

export interface SignInChoice {
  /** to what the app asks the provider for */
  readonly changes?: Parameters;
  readonly secondFactor?: boolean;
}

export type SignInClient = ReturnType<typeof createSignInClient>;

/** A browser with an empty cookie jar. A parameter that is given as undefined is left out. */
export function createSignInClient({ issuer, appOrigin, clientId, audience }: SignInSettings) {
  const cookies = new Map<string, string>();
  const verifier = randomBytes(32).toString('base64url');
  const redirectUri = `${appOrigin}/callback`;

  const send = async (path: string, form?: Parameters): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(path, issuer), {
      redirect: 'manual',
      headers: { cookie },
      ...(form && { method: 'POST', body: defined(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  /** To the provider, as the app sends people there. */
  const authorize = (changes: Parameters = {}) =>
    send(
      `/auth?${defined({
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'openid profile email offline_access',
        resource: audience,
        state: 'state',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...changes,
      })}`,
    );
  /** Follows the provider's redirects until the next one leads to the app. @returns where in the app */
  const returnToApp = async (response: Response): Promise<URL> => {
    const location = new URL(locationOf(response), issuer);
    return location.origin === appOrigin ? location : returnToApp(await send(location.href));
  };
  const chooseUser = async (sub: string, how: SignInChoice = {}): Promise<URL> => {
    const page = locationOf(await authorize(how.changes));
    return returnToApp(await send(page, { sub, ...(how.secondFactor && { 'second-factor': 'on' }) }));
  };
  const token = (form: Parameters) => send('/token', { client_id: clientId, ...form });
  const exchange = (code: string | null, changes: Parameters = {}) =>
    token({
      grant_type: 'authorization_code',
      code: code ?? '',
      redirect_uri: redirectUri,
      code_verifier: verifier,
      ...changes,
    });
  const refresh = (refreshToken: string) =>
    token({ grant_type: 'refresh_token', refresh_token: refreshToken, resource: audience });
  const signIn = async (sub: string, how: SignInChoice = {}): Promise<Tokens> => {
    const back = await chooseUser(sub, how);
    return tokensOf(await exchange(back.searchParams.get('code')));
  };
  return { send, authorize, returnToApp, chooseUser, exchange, refresh, signIn };
}

/** @throws Error with the provider's own words if it gave none */
export async function tokensOf(response: Response): Promise<Tokens> {
  const { access_token, id_token, refresh_token } = await response.clone().json();
  if (response.status !== 200) throw new Error(`no tokens: ${await response.text()}`);
  return { access: access_token, id: id_token, refresh: refresh_token };
}

export function locationOf(response: Response): string {
  const location = response.headers.get('location');
  if (location === null) throw new Error(`no redirect, but ${response.status}`);
  return location;
}

function defined(parameters: Parameters): URLSearchParams {
  const given = Object.entries(parameters).filter((one): one is [string, string] => one[1] !== undefined);
  return new URLSearchParams(given);
}
