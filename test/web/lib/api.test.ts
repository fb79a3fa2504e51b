import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { call } from '../../../web/lib/api.ts';
import { serverNow } from '../../../web/lib/clock.ts';

const auth = vi.hoisted(() => ({ tokens: vi.fn(), renew: vi.fn(), waitForSignIn: vi.fn() }));
vi.mock('../../../web/lib/auth.ts', () => auth);
const stepUp = vi.hoisted(() => ({ confirmIdentity: vi.fn() }));
vi.mock('../../../web/lib/step-up.ts', () => stepUp);

const fetched = vi.fn<(address: string, init: RequestInit) => Promise<Response>>();
const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const expired = () => json({ code: 'token-expired', title: 'Sign in again', detail: 'It has expired.' }, 401);
const refused = (code: string) => json({ code, title: 'Refused', detail: 'Not accepted.' }, 401);

beforeEach(() => {
  vi.stubGlobal('fetch', fetched);
  auth.tokens.mockResolvedValue({ access: 'access-1', id: 'id-1' });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetAllMocks();
});

describe('call', () => {
  it('sends both tokens, the query without empty fields, and keeps nothing in the cache', async () => {
    fetched.mockResolvedValue(json({ items: [], cursor: null }));
    await call('listRequests', { query: { status: 'active', search: '' } });
    const [address, init] = fetched.mock.calls[0] ?? [];
    const headers = new Headers(init?.headers);
    expect(address).toBe('/api/requests?status=active');
    expect(headers.get('authorization')).toBe('Bearer access-1');
    expect(headers.get('x-id-token')).toBe('id-1');
    expect(init).toMatchObject({ method: 'GET', cache: 'no-store', credentials: 'omit' });
  });

  it('puts the id into the path as one segment, and the key and body where they belong', async () => {
    fetched.mockImplementation(async () => json({}));
    await call('cancelRequest', { id: '../me', body: {} });
    expect(fetched.mock.calls[0]?.[0]).toBe('/api/requests/..%2Fme/cancel');
    const targets = [{ account: '111122223333', role: 'Admin' }];
    const body = { targets, durationMinutes: 60, justification: 'because' };
    await call('createRequest', { body, idempotencyKey: 'key-12345' });
    const init = fetched.mock.calls[1]?.[1];
    expect(new Headers(init?.headers).get('idempotency-key')).toBe('key-12345');
    expect(init?.body).toBe(JSON.stringify(body));
  });

  it('knows the addresses of explaining, accepting and inviting', async () => {
    fetched.mockImplementation(async () => json({}));
    const target = { account: '111122223333', role: 'Admin+ops' };
    await call('explainTarget', { query: target });
    await call('acceptInvitation', { id: 'abc', body: {} });
    const body = { email: 'erin@example.com', ...target, durationMinutes: 60, justification: 'because' };
    await call('invite', { body, idempotencyKey: 'key-12345' });
    expect(fetched.mock.calls.map(([address, { method, body }]) => [method, address, body])).toEqual([
      ['GET', '/api/targets/explain?account=111122223333&role=Admin%2Bops', undefined],
      ['POST', '/api/requests/abc/accept', '{}'],
      ['POST', '/api/invitations', JSON.stringify(body)],
    ]);
  });

  it('learns the server’s clock from an answer', async () => {
    const ahead = Date.now() + 3_600_000;
    fetched.mockResolvedValue(json({ serverTime: new Date(ahead).toISOString() }));
    await call('getMe', {});
    expect(Math.abs(serverNow() - ahead)).toBeLessThan(10_000);
  });

  it('throws what the problem document says', async () => {
    const problem = { code: 'not-eligible', title: 'No', detail: 'Ask.', evidence: { role: 'Admin' } };
    fetched.mockResolvedValue(json({ ...problem, correlationId: 'c-1' }, 403));
    await expect(call('getMe', {})).rejects.toMatchObject({ ...problem, status: 403, correlationId: 'c-1' });
  });

  it('makes a problem of an answer that is none', async () => {
    fetched.mockResolvedValue(new Response('<html>', { status: 502 }));
    await expect(call('getMe', {})).rejects.toMatchObject({ code: 'unavailable', status: 502 });
  });

  it('says offline when there is no answer', async () => {
    fetched.mockRejectedValue(new TypeError('Failed to fetch'));
    await expect(call('getMe', {})).rejects.toMatchObject({ code: 'offline' });
  });

  it('renews once and goes on with the new tokens', async () => {
    auth.renew.mockResolvedValue(true);
    auth.tokens.mockResolvedValueOnce({ access: 'old', id: 'old' });
    fetched.mockResolvedValueOnce(expired()).mockResolvedValueOnce(json({}));
    await call('getMe', {});
    expect(new Headers(fetched.mock.calls[1]?.[1].headers).get('authorization')).toBe('Bearer access-1');
    expect(auth.waitForSignIn).not.toHaveBeenCalled();
  });

  it('shows why fresh tokens are refused instead of asking to sign in for ever', async () => {
    auth.renew.mockResolvedValue(true);
    fetched.mockImplementation(async () => refused('groups-overage'));
    await expect(call('getMe', {})).rejects.toMatchObject({ code: 'groups-overage' });
    expect(fetched).toHaveBeenCalledTimes(2);
    expect(auth.waitForSignIn).not.toHaveBeenCalled();
  });

  it('asks the person where renewing left an old ID token behind', async () => {
    auth.renew.mockResolvedValue(true);
    auth.waitForSignIn.mockResolvedValue(true);
    fetched.mockResolvedValueOnce(expired()).mockResolvedValueOnce(expired()).mockResolvedValueOnce(json({}));
    await call('getMe', {});
    expect(auth.waitForSignIn).toHaveBeenCalledTimes(1);
  });

  it('waits for the person where nothing can be renewed, then makes the same call', async () => {
    auth.renew.mockResolvedValue(false);
    auth.waitForSignIn.mockResolvedValue(true);
    fetched.mockResolvedValueOnce(expired()).mockResolvedValueOnce(json({ id: 'done' }));
    await expect(call('revokeRequest', { id: 'a', body: { comment: '' } })).resolves.toEqual({ id: 'done' });
  });

  it('sends nothing without tokens, and gives up when the person signs out', async () => {
    auth.tokens.mockResolvedValue(undefined);
    await expect(call('getMe', {})).rejects.toMatchObject({ code: 'signed-out' });
    expect(fetched).not.toHaveBeenCalled();
    auth.tokens.mockResolvedValue({ access: 'a', id: 'i' });
    auth.renew.mockResolvedValue(false);
    auth.waitForSignIn.mockResolvedValue(false);
    fetched.mockResolvedValue(expired());
    await expect(call('getMe', {})).rejects.toMatchObject({ code: 'signed-out' });
    expect(fetched).toHaveBeenCalledTimes(1);
  });
});

describe('an action that needs a newer or stronger sign-in', () => {
  const evidence = {
    action: 'review',
    maxAgeSeconds: 900,
    acr: [],
    amr: ['mfa'],
    missing: ['maxAge', 'amr'],
  };
  const code = 'insufficient-user-authentication';
  const challenge = () => json({ code, title: 'Sign in needed', detail: 'Sign in again.', evidence }, 401);
  const body = { decision: 'approve', comment: 'Typed with care.', version: 3 } as const;
  const review = (more = {}) => call('reviewRequest', { id: 'a', body, ...more });

  it('is done by the very same call, once the person has signed in anew', async () => {
    stepUp.confirmIdentity.mockResolvedValue(true);
    auth.tokens.mockResolvedValueOnce({ access: 'old', id: 'old' });
    fetched.mockResolvedValueOnce(challenge()).mockResolvedValueOnce(json({ id: 'a' }));
    await expect(review()).resolves.toEqual({ id: 'a' });
    const [first, second] = fetched.mock.calls.map(([address, { method, body: sent }]) => [
      address,
      method,
      sent,
    ]);
    expect(second).toEqual(first);
    expect(new Headers(fetched.mock.calls[1]?.[1].headers).get('authorization')).toBe('Bearer access-1');
    expect(stepUp.confirmIdentity.mock.calls).toEqual([[expect.objectContaining({ code, evidence })]]);
    // Renewed tokens are of the same old sign-in.
    expect(auth.renew).not.toHaveBeenCalled();
    expect(auth.waitForSignIn).not.toHaveBeenCalled();
  });

  it('keeps its idempotency key', async () => {
    stepUp.confirmIdentity.mockResolvedValue(true);
    fetched.mockResolvedValueOnce(challenge()).mockResolvedValueOnce(json({}));
    const asked = {
      email: 'e@example.com',
      account: '1',
      role: 'A',
      durationMinutes: 60,
      justification: 'because',
    };
    await call('invite', { body: asked, idempotencyKey: 'key-12345' });
    const keys = fetched.mock.calls.map(([, { headers }]) => new Headers(headers).get('idempotency-key'));
    expect(keys).toEqual(['key-12345', 'key-12345']);
  });

  it('is not done, and says so, where the person would rather not', async () => {
    stepUp.confirmIdentity.mockResolvedValue(false);
    fetched.mockResolvedValue(challenge());
    await expect(review()).rejects.toMatchObject({ code, title: 'Not done yet', evidence: {} });
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it('is not asked for for ever: a second refusal says what the provider did not confirm, and whom to ask', async () => {
    stepUp.confirmIdentity.mockResolvedValue(true);
    fetched.mockImplementation(async () => challenge());
    await expect(review()).rejects.toMatchObject({
      code: 'sign-in-not-enough',
      detail: expect.stringMatching(
        /^Sign in again\. You .* just now, how you did it\..* Ask whoever manages sign-in/,
      ),
    });
    expect(fetched).toHaveBeenCalledTimes(2);
    expect(stepUp.confirmIdentity).toHaveBeenCalledTimes(1);
  });

  it('says what else is refused the second time', async () => {
    stepUp.confirmIdentity.mockResolvedValue(true);
    fetched.mockResolvedValueOnce(challenge()).mockResolvedValueOnce(json({ code: 'version-changed' }, 409));
    await expect(review()).rejects.toMatchObject({ code: 'version-changed', status: 409 });
  });

  it('is asked for after expired tokens were renewed, too', async () => {
    auth.renew.mockResolvedValue(true);
    stepUp.confirmIdentity.mockResolvedValue(true);
    fetched
      .mockResolvedValueOnce(expired())
      .mockResolvedValueOnce(challenge())
      .mockResolvedValueOnce(json({ id: 'a' }));
    await expect(review()).resolves.toEqual({ id: 'a' });
  });

  it('lets the caller clear the way before the person is asked, and only then', async () => {
    const beforeAsking = vi.fn(() => expect(stepUp.confirmIdentity).not.toHaveBeenCalled());
    fetched.mockResolvedValueOnce(json({}));
    await review({ beforeAsking });
    expect(beforeAsking).not.toHaveBeenCalled();
    stepUp.confirmIdentity.mockResolvedValue(true);
    fetched.mockResolvedValueOnce(challenge()).mockResolvedValueOnce(json({}));
    await review({ beforeAsking });
    expect(beforeAsking).toHaveBeenCalledTimes(1);
  });
});
