import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { vi } from 'vitest';
import { Unavailable } from '../../api/actions/ports.ts';
import { announcer } from '../../api/aws/announcer.ts';
import { openTable } from '../../api/aws/dynamo-table.ts';
import { outbox } from '../../api/aws/outbox.ts';
import type { Item } from '../../api/aws/request-items.ts';
import { requestReader } from '../../api/aws/request-reader.ts';
import { requestWriter } from '../../api/aws/request-writer.ts';
import { sessionIssuer } from '../../api/aws/session-issuer.ts';
import { epochMs } from '../../api/domain/instant.ts';
import { createIdentity } from '../../api/http/identity.ts';
import { startAwsServices } from '../../infra/local/aws-services.ts';
import { startApi } from '../api/http/calls.ts';
import { policy, production, stoppedWorld, userOf } from '../api/people.ts';
import type { Store } from '../api/store.ts';
import { type Fault, type ProxiedCall, startFaultProxy } from '../support/fault-proxy.ts';
import { createTableWithoutStream, databaseSettings } from '../support/table.ts';
import { createIssuer } from '../support/tokens.ts';
import { aimed } from './hurried-settings.ts';

/** The product's handlers and clients, with a proxy between them and everything that they call. */

/** What all tests of a file share: the far ends. */
export async function startFarEnds() {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  const aws = await startAwsServices({
    signinPort: 0,
    now: Date.now,
    roles: [{ account: production, role: 'Admin' }],
  });
  const dynamoDb = new DynamoDBClient(databaseSettings());
  const stop = async () => {
    dynamoDb.destroy();
    vi.unstubAllEnvs();
    await aws.stop();
  };
  return { aws, dynamoDb, stop };
}
export type FarEnds = Awaited<ReturnType<typeof startFarEnds>>;

/**
 * Everything for one test: a table of its own, a proxy of its own, people of its own.
 * @param fault what it will suffer: what comes late is waited for with half the patience
 */
export async function openSite({ aws, dynamoDb }: FarEnds, fault?: Fault) {
  const tableName = `faults-${crypto.randomUUID()}`;
  await createTableWithoutStream(tableName);
  const issuer = await createIssuer();
  const proxy = await startFaultProxy({
    dynamodb: databaseSettings().endpoint,
    sts: aws.sts.url,
    iam: aws.iam.url,
    sns: aws.sns.url,
    ses: aws.ses.url,
    events: aws.eventBus.url,
    signin: aws.signin.url,
    issuer: issuer.url,
  });
  issuer.state.discovery = { issuer: proxy.url, jwks_uri: `${proxy.url}/keys` };
  const aim = (lambda: 'sessions' | 'sweep') => ({
    endpoint: proxy.url,
    region: aws.region,
    credentials: aws.principalOf(lambda),
    patience: fault === 'late' || fault === 'stall' ? 1 / 2 : 1,
  });
  const table = aimed(aim('sessions'), () => openTable(tableName));
  const store = { table, ...requestReader(table), ...requestWriter(table), ...outbox(table) };
  const sessions = aimed(aim('sessions'), () =>
    sessionIssuer({
      partition: 'aws',
      targetRolePath: aws.targetRolePath,
      externalId: aws.externalId,
      appUrl: 'https://stepladder.example.com',
      signinEndpoint: proxy.url,
    }),
  );
  const channels = (sender: string | undefined) => aimed(aim('sweep'), () => announcer({ ...aws, sender }));
  // The clock of SigV4 and of the local AWS is the machine's, so the product's begins there: half a minute behind, which
  // tokens are allowed, so that what AWS gives for the whole of a window always outlives it.
  const world = stoppedWorld(new Date(Date.now() - 30_000).toISOString());
  const api = startApi(store as unknown as Store, world, sessions, policy);
  const erin = erinAt(proxy.url);
  // NB. By the product's clock: after a failure the keys are not asked for again at once.
  const now = () => epochMs(world.now());
  const identity = createIdentity({ ...issuer.options, issuer: proxy.url, claims: [], now });
  const claims = { iss: proxy.url, sub: erin.subject, groups: erin.user.groups };
  const display = { name: erin.user.name, email: erin.user.email };
  const tokens = await issuer.pair({ access: claims, id: { ...claims, ...display } });
  const headers = { Authorization: [`Bearer ${tokens.access}`], 'X-Id-Token': [tokens.id] };

  return {
    api,
    aws,
    channels,
    erin: erin.user,
    proxy,
    store,
    world,
    /** From here on Erin acts, by tokens that the issuer's keys are fetched for; before, everybody is believed. */
    verifyErin: () => {
      api.tokens.of = () => identity.identify(headers);
    },
    /** Everything in the table, past the proxy. */
    everything: async (): Promise<Item[]> => {
      const documents = DynamoDBDocumentClient.from(dynamoDb);
      const page = await documents.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }));
      return page.Items ?? [];
    },
    close: async () => {
      await Promise.all([proxy.stop(), issuer[Symbol.asyncDispose]()]);
      table.client.destroy();
      await dynamoDb.send(new DeleteTableCommand({ TableName: tableName }));
    },
  };
}
export type Site = Awaited<ReturnType<typeof openSite>>;

function erinAt(issuer: string) {
  const subject = `erin-${crypto.randomUUID()}`;
  const user = userOf(subject, 'Erin Engineer', [`aws-temp#Admin#${production}`, 'on-call']);
  return { subject, user: { ...user, id: `${issuer}#${subject}` } };
}

/** What came of an act, whoever asked for it. */
export interface Result {
  readonly status: number;
  /** of a refusal */
  readonly code: string;
  readonly text: string;
}

/** For what nobody asked over HTTP: done, or failed in the way that is foreseen. */
export async function resultOf(work: Promise<unknown>): Promise<Result> {
  try {
    await work;
    return { status: 200, code: '', text: '' };
  } catch (error) {
    const all = error instanceof AggregateError ? error.errors : [error];
    const foreseen = all.every((one) => one instanceof Unavailable);
    return { status: foreseen ? 503 : 500, code: String(error), text: '' };
  }
}

/** `review: lose-answer at 2, dynamodb TransactWriteItems, all attempts` */
export interface Case {
  readonly fault: Fault;
  readonly at: number | undefined;
  readonly attempts: 'first' | 'all';
  readonly name: string;
}

/** Whether every answer to a call is waited for in vain. A retry that is to be answered gets the product's patience. */
export function waits(broken: Case | undefined): boolean {
  return broken?.attempts === 'all' && ['late', 'stall'].includes(broken.fault);
}

/**
 * Every fault at every call; and, for what a retry heals, every call failing once.
 * @param calls those of a run that nothing disturbs
 */
export function casesOf(calls: readonly ProxiedCall[], faults: readonly Fault[]): Case[] {
  const each = calls.flatMap(({ name }, at) =>
    faults.map(
      (fault): Case => ({
        fault,
        at,
        attempts: 'all',
        name: `${fault} at ${at + 1}, ${name}`,
      }),
    ),
  );
  const once = faults
    .filter((fault) => fault !== 'outage')
    .map((fault): Case => ({ fault, at: undefined, attempts: 'first', name: `${fault}, every call once` }));
  return [...each, ...once];
}
