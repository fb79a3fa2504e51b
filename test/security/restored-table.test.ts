import { DeleteTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRequests } from '../../api/actions/create-request.ts';
import { inviteSomebody } from '../../api/actions/invite.ts';
import { issueSession } from '../../api/actions/issue-session.ts';
import type { Announcer } from '../../api/actions/message-ports.ts';
import { type SessionIssuer, Unavailable } from '../../api/actions/ports.ts';
import { sweep } from '../../api/actions/sweep.ts';
import { tableOf } from '../../api/aws/dynamo-table.ts';
import { tableKey } from '../../api/aws/request-items.ts';
import { requestReader } from '../../api/aws/request-reader.ts';
import type { RequestDetailView } from '../../api/contract.ts';
import type { Policy } from '../../api/domain/policy-document.ts';
import type { User } from '../../api/domain/user.ts';
import type { RouteName } from '../../api/routes.ts';
import { generationAttribute } from '../../api/table.ts';
import { captureLog, startApi } from '../api/http/calls.ts';
import {
  ada,
  allowed,
  askFor,
  codeOf,
  eve,
  formFor,
  otto,
  policy,
  policyWith,
  production,
  ravi,
  stoppedWorld,
} from '../api/people.ts';
import { approved, changed, openStore, pending, restoredFrom, type Store, trailOf } from '../api/store.ts';
import { createTableWithoutStream } from '../support/table.ts';

/** Somebody gains by a restore of the table: what was done after the backup was made is not in it. */

// The restore's moment is read from the real clock.
let world = stoppedWorld();
let store: Store;
const asked: string[] = [];
const told: string[] = [];
const sts: Partial<SessionIssuer> = {
  assumeRole: async ({ sessionName }) => {
    asked.push(sessionName);
    throw new Error('nobody should have asked');
  },
};
const note: Announcer['tellRequester'] = async ({ kind }) => {
  told.push(kind);
};
const announcer: Announcer = {
  tellReviewers: note,
  tellRequester: note,
  tellChat: null,
  putEvent: async () => {},
};
const onCall: User = { ...ada, groups: [...ada.groups, 'on-call'] };
const glass = {
  ...askFor('Admin', production, { breakGlass: true, durationMinutes: 30 }),
  justification: 'The payment workers are down and nobody answers.',
};
const review = (decision: 'approve' | 'reject') =>
  ({ kind: 'review', by: ravi, decision, comment: '', version: 1 }) as const;
const run = (on: Store) => sweep({ store: on, announcer, world, appUrl: 'https://stepladder.example.com' });
const create = async (
  on: Store,
  by: User,
  ask = askFor(),
  key: string | null = null,
  rules: Policy = policy,
) => createRequests({ store: on, world, policy: rules }, by, formFor(ask), key);
const made = async (on: Store, by: User, ask = askFor()) => {
  const [request] = allowed(await create(on, by, ask));
  if (request === undefined) throw new Error('nothing was made');
  return request;
};

beforeEach(async () => {
  captureLog();
  world = stoppedWorld(new Date().toISOString());
  store = await openStore();
  // The table has been in use before anything happens to it.
  await store.noteTable();
  asked.length = 0;
  told.length = 0;
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What a route answers, by a broker that has only the restored table. */
async function attempt(on: Store, user: User, name: RouteName, id: string, body: unknown) {
  const answer = await startApi(on, world, sts).call<{ code: string }>(user, name, { id, body });
  return [answer.status, answer.body.code];
}
const refused = [409, 'from-backup'];

describe('after a restore', () => {
  test('a request that was revoked after the backup gives no session', async () => {
    const request = await approved(store, world);
    const backup = await restoredFrom(store);
    await changed(store, world, request, { kind: 'revoke', by: ravi, comment: 'Not needed.' });
    expect(await attempt(backup, ada, 'issueSession', request.id, { kind: 'cli' })).toEqual(refused);
    expect(asked).toEqual([]);
  });

  test('a request in its window gives no session either: nobody knows whether it was revoked', async () => {
    const { id } = await approved(store, world);
    const backup = await restoredFrom(store);
    for (const kind of ['cli', 'console']) {
      expect(await attempt(backup, ada, 'issueSession', id, { kind })).toEqual(refused);
    }
    expect(asked).toEqual([]);
  });

  test('a request that was rejected after the backup cannot be approved', async () => {
    const request = await pending(store, world);
    const backup = await restoredFrom(store);
    await changed(store, world, request, review('reject'));
    const body = { decision: 'approve', comment: '', version: 1 };
    expect(await attempt(backup, ravi, 'reviewRequest', request.id, body)).toEqual(refused);
  });

  test('an invitation that was withdrawn after the backup cannot be accepted', async () => {
    const tools = { store, world, policy };
    const invited = allowed(await inviteSomebody(tools, ravi, eve.email, askFor(), null));
    const backup = await restoredFrom(store);
    await changed(store, world, invited, { kind: 'cancel', by: ravi });
    expect(await attempt(backup, eve, 'acceptInvitation', invited.id, {})).toEqual(refused);
  });

  test('break-glass access that was revoked after the backup gives no session', async () => {
    const request = await made(store, onCall, glass);
    const backup = await restoredFrom(store);
    await changed(store, world, request, { kind: 'revoke', by: ravi, comment: 'Not an emergency.' });
    expect(await attempt(backup, onCall, 'issueSession', request.id, { kind: 'cli' })).toEqual(refused);
    expect(asked).toEqual([]);
  });

  test('nothing else is done with what was open, and no list offers it', async () => {
    const request = await pending(store, world);
    const used = await approved(store, world, eve);
    const backup = await restoredFrom(store);
    expect(await attempt(backup, ada, 'cancelRequest', request.id, {})).toEqual(refused);
    expect(await attempt(backup, ravi, 'revokeRequest', used.id, { comment: '' })).toEqual(refused);
    const body = { targets: [askFor().target], durationMinutes: 60, justification: 'Once more, please.' };
    const extended = await startApi(backup, world).call<{ code: string }>(eve, 'createRequest', {
      body: { ...body, extensionOf: used.id },
    });
    expect([extended.status, extended.body.code]).toEqual([409, 'extension-not-possible']);
    const api = startApi(backup, world);
    const waiting = await api.call(ravi, 'listReviews', { query: { state: 'pending' } });
    expect(waiting.body).toMatchObject({ items: [] });
    expect((await api.call(eve, 'getMe')).body).toMatchObject({ active: [], invitations: [] });
  });

  test('whoever asks again is not kept from it by the lock of what counts no more, and has one request', async () => {
    await approved(store, world);
    const backup = await restoredFrom(store);
    const both = await Promise.all([create(backup, ada), create(backup, ada)]);
    expect(both.map(codeOf).sort()).toEqual(['allowed', 'already-open']);
  });

  test('the same form with the same key makes no second request', async () => {
    const key = 'one-key-for-one-form';
    const [before] = allowed(await create(store, ada, askFor(), key));
    const backup = await restoredFrom(store);
    expect(allowed(await create(backup, ada, askFor(), key))).toMatchObject([
      { id: before?.id, status: 'void' },
    ]);
  });

  test('a key that was lost with its request makes it once', async () => {
    const backup = await restoredFrom(store);
    const key = 'one-key-for-one-form';
    allowed(await create(store, ada, askFor(), key));
    const [first] = allowed(await create(backup, ada, askFor(), key));
    expect(allowed(await create(backup, ada, askFor(), key))).toMatchObject([
      { id: first?.id, status: 'pending' },
    ]);
  });

  test('a quota that was used up after the backup is given at most once more', async () => {
    const short: Policy = { ...policy, quotas: { ...policy.quotas, requestsPerHour: 2 } };
    const roles = ['Admin', 'ReadOnly'].map((role) => askFor(role));
    const backup = await restoredFrom(store);
    const use = async (on: Store) => {
      for (const ask of roles) allowed(await create(on, ada, ask, null, short));
      return codeOf(await create(on, ada, askFor('Admin', '444455556666'), null, short));
    };
    expect(await use(store)).toBe('too-many-requests');
    expect(await use(backup)).toBe('too-many-requests');
  });

  test('history is there to be read, and says what it is', async () => {
    const closed = await approved(store, world);
    await changed(store, world, closed, { kind: 'revoke', by: ravi, comment: '' });
    const open = await approved(store, world, eve);
    const backup = await restoredFrom(store);
    const read = async (id: string) =>
      (await startApi(backup, world).call<RequestDetailView>(otto, 'getRequest', { id })).body;
    expect(await read(closed.id)).toMatchObject({ request: { status: 'revoked' }, entries: { length: 3 } });
    expect(await read(open.id)).toMatchObject({ request: { status: 'void', allowedActions: [] } });
    await run(backup);
    expect(await trailOf(backup, open.id)).toEqual(['created', 'approved', 'voided']);
    expect(await trailOf(backup, closed.id)).toEqual(['created', 'approved', 'revoked']);
  });
});

describe('the sweep after a restore', () => {
  test('closes what was open, however long it would have waited, once, and tells whom it was for', async () => {
    const requests = [await pending(store, world), await approved(store, world, eve)];
    await run(store);
    told.length = 0;
    const backup = await restoredFrom(store);
    const fresh = await made(backup, ada, askFor('ReadOnly'));
    for (let minute = 0; minute < 3; minute += 1) await run(backup);
    expect(told.sort()).toEqual(['created', 'voided', 'voided']);
    for (const { id } of requests) {
      expect(await backup.readRequest(id)).toMatchObject({ status: 'void', voidedAt: world.now() });
      expect((await trailOf(backup, id)).filter((kind) => kind === 'voided')).toHaveLength(1);
    }
    expect(await backup.readRequest(fresh.id)).toMatchObject({ status: 'pending' });
  });

  test('sends nothing that waited in the backup: it may have been sent, and may not be true any more', async () => {
    await approved(store, world);
    await made(store, onCall, { ...glass, target: { ...glass.target, role: 'ReadOnly' } });
    const backup = await restoredFrom(store);
    world.pass(24 * 60);
    for (let minute = 0; minute < 3; minute += 1) await run(backup);
    expect(told).toEqual(['voided', 'voided']);
    expect(await backup.listDueMessages(world.now(), 100)).toEqual([]);
  });
});

describe('whom a reviewer stopped after the backup', () => {
  const automatic = policyWith({
    approval: { automatic: true },
    breakGlass: { groups: 'on-call', maxDuration: '30m', reviewWithin: '4h' },
  });
  const ask = async (on: Store) => {
    const [request] = allowed(await create(on, ada, askFor('Admin'), null, automatic));
    return request?.status;
  };

  test('is let through by no condition, until everybody’s window would have ended', async () => {
    const backup = await restoredFrom(store);
    await run(backup);
    expect(await ask(store)).toBe('approved');
    expect(await ask(backup)).toBe('pending');
    world.pass(12 * 60 + 5);
    expect(codeOf(await create(backup, ada, askFor('ReadOnly'), null, automatic))).toBe('allowed');
  });

  test('does not break the glass', async () => {
    const backup = await restoredFrom(store);
    expect(codeOf(await create(backup, onCall, glass))).toBe('break-glass-not-allowed');
    expect(codeOf(await create(store, onCall, glass))).toBe('allowed');
  });

  test('is not let through where the backup is older than the first sweep: AWS says that it is one', async () => {
    const young = await openStore();
    const backup = await restoredFrom(young);
    expect(codeOf(await create(backup, onCall, glass))).toBe('allowed');
    const said = await restoredFrom(young);
    const { client } = said.table;
    const send = client.send.bind(client) as (command: object) => Promise<object>;
    vi.spyOn(client, 'send').mockImplementation(async (command: object) => {
      const answer = await send(command);
      if (!(command instanceof DescribeTableCommand) || !('Table' in answer)) return answer;
      const RestoreSummary = { RestoreDateTime: new Date(), RestoreInProgress: false };
      return { ...answer, Table: { ...Object(answer.Table), RestoreSummary } };
    });
    expect(codeOf(await create(said, onCall, glass))).toBe('break-glass-not-allowed');
  });
});

describe('a table that takes the name of the old one', () => {
  async function replaced() {
    const request = await approved(store, world);
    const backup = await store.everything();
    const { client, name } = store.table;
    await client.send(new DeleteTableCommand({ TableName: name }));
    await createTableWithoutStream(name);
    await store.putItems(backup);
    return request;
  }

  test('is another one', async () => {
    const { id } = await replaced();
    const reader = requestReader(tableOf(store.table.client, store.table.name));
    expect(await reader.readRequest(id)).toMatchObject({ status: 'void' });
  });

  test('is another one to a Lambda that knew the old one', async () => {
    const { id } = await replaced();
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
    expect(await store.readRequest(id)).toMatchObject({ status: 'void' });
  });
});

describe('what is open', () => {
  test('counts no more where it does not say which table wrote it', async () => {
    const { id } = await approved(store, world);
    const items = await store.everything();
    await store.putItems(items.map(({ [generationAttribute]: _generation, ...item }) => item));
    expect(await store.readRequest(id)).toMatchObject({ status: 'void', was: 'approved' });
  });

  test('cannot be put back in its own table: its trail has gone on', async () => {
    const request = await approved(store, world);
    const [before] = (await store.everything()).filter(({ sk }) => sk === 'REQUEST');
    await changed(store, world, request, { kind: 'revoke', by: ravi, comment: '' });
    await store.putItems(before ? [before] : []);
    const played = {
      assumeRole: sts.assumeRole,
      narrow: sts.narrow,
      consoleUrl: sts.consoleUrl,
    } as SessionIssuer;
    const ask = { requestId: request.id, kind: 'cli', sourceIp: '', userAgent: '' } as const;
    const issued = await issueSession({ store, issuer: played, world, policy }, ada, ask);
    expect([codeOf(issued), asked]).toEqual(['conflict', []]);
  });

  test('is not shown while DynamoDB does not say which table it is in', async () => {
    const { id } = await approved(store, world);
    const failing = tableOf(store.table.client, store.table.name);
    const send = store.table.client.send.bind(store.table.client);
    vi.spyOn(store.table.client, 'send').mockImplementation((command: object) =>
      command instanceof DescribeTableCommand ? Promise.reject(new Error('down')) : send(command as never),
    );
    await expect(requestReader(failing).readRequest(id)).rejects.toThrow(Unavailable);
  });

  test('survives an upgrade, a restart and a year: the table is the same', async () => {
    const { id } = await approved(store, world);
    const later = tableOf(store.table.client, store.table.name);
    expect(await requestReader(later).readRequest(id)).toMatchObject({ status: 'approved' });
    await store.table.client.send(new DeleteCommand({ TableName: store.table.name, Key: tableKey() }));
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 365 * 24 * 3600_000);
    expect(await store.readRequest(id)).toMatchObject({ status: 'approved' });
  });
});
