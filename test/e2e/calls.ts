import { randomUUID } from 'node:crypto';
import type { CreatedView, CreateRequestBody, RequestView, ReviewBody } from '../../api/contract.ts';
import { client } from '../../infra/local/oidc-client.ts';
import { createSignInClient, type SignInChoice } from '../infra/local/sign-in-client.ts';
import type { TestStack } from '../support/stack.ts';
import { headersOf } from '../support/tokens.ts';

/** People who call the API without a page, where a story is about what comes after. */

export interface ApiUser {
  /** @throws Error with the server's words where it refuses */
  post<T>(path: string, body: object): Promise<T>;
  /** @throws Error with the server's words where it refuses */
  get<T>(path: string): Promise<T>;
}

/** @param sub of a ready user */
export async function apiUser(
  { issuer, url }: TestStack,
  sub: string,
  how: SignInChoice = {},
): Promise<ApiUser> {
  const settings = { issuer, appOrigin: url, clientId: client.id, audience: client.audience };
  const tokens = await createSignInClient(settings).signIn(sub, how);
  const send = async (path: string, init: RequestInit) => {
    const headers = new Headers({ 'content-type': 'application/json', 'idempotency-key': randomUUID() });
    for (const [name, values] of Object.entries(headersOf(tokens))) headers.set(name, values.join());
    const response = await fetch(`${url}/api${path}`, { ...init, headers });
    if (!response.ok) throw new Error(`${path} was refused: ${await response.text()}`);
    return response.json();
  };
  return {
    post: (path, body) => send(path, { method: 'POST', body: JSON.stringify(body) }),
    get: (path) => send(path, {}),
  };
}

/** A request for the databases of Production, unless another target is named: one reviewer decides on it. */
export async function createByApi(
  user: ApiUser,
  wish: Partial<CreateRequestBody> = {},
): Promise<RequestView> {
  const { requests } = await user.post<CreatedView>('/requests', {
    targets: [{ account: '111122223333', role: 'DatabaseAdministrator' }],
    durationMinutes: 60,
    justification: 'Restart the payment workers.',
    ...wish,
  });
  const [request] = requests;
  if (request === undefined) throw new Error('no request was created');
  return request;
}

export function reviewByApi(
  user: ApiUser,
  { id, version }: RequestView,
  decision: ReviewBody['decision'] = 'approve',
  comment = '',
): Promise<RequestView> {
  return user.post(`/requests/${id}/reviews`, { decision, comment, version });
}
