import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { create } from '../../../api/domain/creation.ts';
import { eventSchemaFiles, eventSchemaTexts } from '../../../infra/events/schemas.ts';
import { ada, allowed, alone, askFor, policy, stoppedWorld } from '../../api/people.ts';

const world = stoppedWorld();
const { event } = allowed(create(askFor(), ada, policy, world.now(), alone(world.newId())));
const sent = { source: 'stepladder', 'detail-type': event.type, detail: event.detail };
const checkedIn = readFileSync(eventSchemaFiles.request, 'utf8');

test.each(['request', 'session'] as const)(
  'the schema of a %s event that is checked in is the one that the shape makes: npm run event-schemas',
  (name) => {
    expect(readFileSync(eventSchemaFiles[name], 'utf8')).toBe(eventSchemaTexts()[name]);
  },
);

test('a consumer that checks by the schema takes an event, also one with a field that is new', () => {
  const schema = z.fromJSONSchema(JSON.parse(checkedIn));
  const json = JSON.parse(JSON.stringify(sent));
  expect(schema.safeParse(json).error).toBeUndefined();
  expect(schema.safeParse({ ...json, detail: { ...json.detail, added: 1 } }).success).toBe(true);
  expect(schema.safeParse({ ...json, detail: { ...json.detail, kind: 'invented' } }).success).toBe(false);
  expect(schema.safeParse({ ...json, detail: { ...json.detail, request: {} } }).success).toBe(false);
});
