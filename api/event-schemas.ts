import { z } from 'zod';
import { eventSource, eventTypes, kindsOf, schemaVersion } from './domain/event.ts';

/**
 * What the events of the bus look like to others, in EventBridge's envelope. `infra/events` has it as JSON Schema, which
 * is made from this. NB. Consumers rely on it: a field is added, and never taken away or given another meaning without
 * another `schemaVersion`.
 */

const instant = z.iso.datetime({ precision: 3 }).describe('UTC, with milliseconds');
const account = z.string().regex(/^\d{12}$/);
const person = z.object({
  id: z
    .string()
    .describe('issuer#subject, which never changes; empty where an invitation was not accepted yet'),
  name: z.string().describe('for display'),
  email: z.string().describe('for display; may be empty'),
});

const request = z.object({
  id: z.string().describe('Leads to /requests/<id> of the app'),
  version: z.int().min(1).describe('Of the request, which this change made'),
  status: z.enum([
    'invited',
    'pending',
    'approved',
    'rejected',
    'cancelled',
    'expired',
    'ended',
    'revoked',
    'void',
  ]),
  requester: person,
  target: z.object({ account, role: z.string() }),
  accountName: z.string().nullable(),
  durationMinutes: z.int(),
  justification: z.string().describe('What the requester wrote'),
  ticket: z.string().nullable(),
  breakGlass: z.boolean(),
  rule: z.string().describe('Id of the rule that applied'),
  extensionOf: z.string().nullable().describe('Id of the request that it extends'),
  createdAt: instant,
  reviewBy: instant.describe('Not approved by then, it expires'),
  window: z.object({ from: instant, until: instant }).nullable().describe('null until it is approved'),
});

const session = z.object({
  id: z.string(),
  kind: z.enum(['console', 'cli']),
  state: z.enum(['intended', 'issued', 'failed']),
  endsAt: instant.describe('When its credentials stop working, at the latest'),
  sessionName: z.string().describe('RoleSessionName in CloudTrail'),
  sourceIdentity: z.string().describe('sourceIdentity in CloudTrail: the person'),
  accessKeyId: z
    .string()
    .nullable()
    .describe('userIdentity.accessKeyId in CloudTrail; null until AWS answered'),
  narrowedFrom: z
    .string()
    .nullable()
    .describe("AssumeRole's access key id, where the credentials were narrowed from those"),
  sourceIp: z.string(),
  userAgent: z.string(),
});

const detail = {
  schemaVersion: z.literal(schemaVersion),
  id: z.string().describe('<request id>-<version>: the same whenever the same event is delivered again'),
  at: instant,
  actor: person.nullable().describe('Who did it; null: time decided'),
  text: z.string().describe('What the person wrote, or why a session failed; else empty'),
  note: z.string().describe('What Stepladder says of it; else empty'),
  request,
};

const envelope = { source: z.literal(eventSource) };

export const eventSchemas = {
  request: z.object({
    ...envelope,
    'detail-type': z.literal(eventTypes.request),
    detail: z.object({ ...detail, kind: z.enum(kindsOf.request), session: z.null() }),
  }),
  session: z.object({
    ...envelope,
    'detail-type': z.literal(eventTypes.session),
    detail: z.object({ ...detail, kind: z.enum(kindsOf.session), session }),
  }),
} as const;
