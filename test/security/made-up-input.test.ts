import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { PageView, RequestView } from '../../api/contract.ts';
import { type Api, startApi } from '../api/http/calls.ts';
import { ada, nemo, stoppedWorld } from '../api/people.ts';
import { openStore, pending, type Store } from '../api/store.ts';

/** What a client makes up, instead of what it was given. */

let store: Store;
let api: Api;

beforeAll(async () => {
  store = await openStore();
  api = startApi(store, stoppedWorld());
});

test('a body of anything at all is refused, and never a failure', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), async (body) => {
      const { status } = await api.call(nemo, 'createRequest', {
        event: { body, multiValueHeaders: { 'content-type': ['application/json'] } },
      });
      expect([400, 403, 422]).toContain(status);
    }),
  );
});

test("a made-up cursor begins one's own list elsewhere, and nobody else's", async () => {
  const someone = () => ({ ...ada, id: `https://id.example.com#${api.world.newId()}` });
  const others = await pending(store, api.world, someone());
  const by = someone();
  const mine = await pending(store, api.world, by);
  const place = {
    month: null,
    after: { at: '2030-01-01T00:00:00.000Z', requestId: others.id, sessionId: null },
  };
  const cursor = Buffer.from(JSON.stringify(place)).toString('base64url');
  const page = await api.call<PageView<RequestView>>(by, 'listRequests', { query: { cursor } });
  expect(page.body.items.map((item) => item.id)).toEqual([mine.id]);
});
