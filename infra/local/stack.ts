import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { streamed } from '../../api/table.ts';
import type { HostedBundles } from '../bundles.ts';
import { writeAccess } from '../doctor/local-access.ts';
import { providerOrigins } from '../provider-origins.ts';
import { securityHeaders } from '../security-headers.ts';
import { createTable } from '../table-definition.ts';
import { type AwsServices, startAwsServices } from './aws-services.ts';
import { type ApiLambdas, isApi, serveApi } from './gateway.ts';
import { startLambdaApi } from './lambda-api.ts';
import { hostLambdas, type LambdaClock, type Lambdas } from './lambdas.ts';
import { listen } from './listen.ts';
import { rolesOf } from './local-policy.ts';
import { isMailPage, serveMailPage } from './mail-page.ts';
import { client } from './oidc-client.ts';
import { startOpenIdProvider } from './openid-provider.ts';
import { sendText } from './page.ts';
import type { ReadyUser } from './ready-users.ts';
import type { Serve } from './static-files.ts';
import { pollStream } from './stream-poller.ts';

export interface StackOptions {
  /** 0: any free port */
  readonly port: number;
  readonly issuerPort: number;
  readonly signinPort: number;
  /** of DynamoDB Local */
  readonly dynamoDbEndpoint: string;
  readonly tableName: string;
  /** for the compiled policy, the provider's key and the log */
  readonly directory: string;
  readonly users: readonly ReadyUser[];
  /** as the Lambdas get it: `readLocalPolicy` makes it from a file */
  readonly policy: { readonly document: unknown };
  /** the Lambdas are these and not the sources */
  readonly bundles?: HostedBundles;
  /** What answers everything that is not the API, given the headers that the app's pages need. */
  readonly pages: (headers: Record<string, string>) => Serve;
  readonly onLog: (line: string) => void;
  readonly clock?: LambdaClock;
  /** milliseconds between runs of what is scheduled (sweep and enforce); 0: only when asked to */
  readonly sweepIntervalMs: number;
  /** seconds */
  readonly accessTokenSeconds?: number;
  /** whether messages go to the topic of the chat too; they do unless this says no */
  readonly chat?: boolean;
  /** how the pages look, as `config.json` says it */
  readonly branding?: Readonly<Record<string, unknown>>;
  /** in place of the local OpenID provider */
  readonly startProvider?: typeof startOpenIdProvider;
}

export interface Stack {
  /** the app's origin */
  readonly url: string;
  readonly issuer: string;
  readonly aws: AwsServices;
  readonly lambdas: Lambdas;
  /** Runs the sweep now. @throws LambdaFailed */
  sweepNow(): Promise<void>;
  /** Enforces now whatever is due. @throws LambdaFailed */
  enforceNow(): Promise<void>;
  /** Looks now at who is subscribed. @throws LambdaFailed */
  watchNow(): Promise<void>;
  /** Hands on what CloudTrail has to tell by now. @throws LambdaFailed; what failed comes again */
  reconcileNow(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the whole product but its database. What it starts, it stops again, also where the start fails half-way. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const started: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    return { ...(await startParts(options, started)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(
  options: StackOptions,
  started: (() => Promise<void> | void)[],
): Promise<Omit<Stack, 'stop'>> {
  mkdirSync(options.directory, { recursive: true });
  const { policy } = options;
  const policyFile = join(options.directory, 'policy.json');
  writeFileSync(policyFile, JSON.stringify(policy.document));

  // NB. The port is needed before there is anything to serve: whoever asks too early is told so, not left waiting.
  let serve: Serve = (_request, response) =>
    sendText(response, 503, 'Starting. Reload in a moment.', { 'Retry-After': '2' });
  const server = createServer((request, response) => serve(request, response));
  const { port, stop: stopServer } = await listen(server, options.port);
  started.push(stopServer);
  const url = `http://localhost:${port}`;
  const provider = await (options.startProvider ?? startOpenIdProvider)({
    port: options.issuerPort,
    appOrigins: [url],
    clientId: client.id,
    audience: client.audience,
    users: options.users,
    keyFile: join(options.directory, 'signing-key.json'),
    ...(options.accessTokenSeconds !== undefined && {
      tokenLifetimes: { accessSeconds: options.accessTokenSeconds },
    }),
  });
  started.push(provider.stop);
  const pageHeaders = securityHeaders(await originsOf(provider.issuer), false);
  const aws = await startAwsServices({
    signinPort: options.signinPort,
    now: options.clock?.now ?? Date.now,
    roles: rolesOf(options.users, policy.document),
  });
  started.push(aws.stop);
  const streamArn = await prepareTable(options);
  const lambdas = hostLambdas({ ...options, url, issuer: provider.issuer, policyFile, aws });
  started.push(async () => {
    await Promise.all(Object.values(lambdas).map((lambda) => lambda.stop()));
  });
  await Promise.all(Object.values(lambdas).map((lambda) => lambda.warm()));

  const lambdaApi = await startLambdaApi({ region: aws.region, now: Date.now, lambda: lambdas.sessions });
  started.push(lambdaApi.stop);
  started.push(writeAccess(options.directory, lambdaApi.access));
  serve = answer(options, { url, issuer: provider.issuer, pageHeaders, aws, lambdas });
  const poller = poll(options, streamArn, lambdas);
  started.push(poller.stop);
  await poller.ready;
  const schedules = schedulesOf(aws, lambdas);
  for (const [name, runNow] of Object.entries(schedules)) started.push(repeat(options, name, runNow));
  return { url, issuer: provider.issuer, aws, lambdas, ...schedules };
}

/** What EventBridge does every minute (`watch`: every hour), and what it hands on from CloudTrail. */
function schedulesOf(aws: AwsServices, lambdas: Lambdas) {
  const run = (name: 'sweep' | 'enforce' | 'watch') => async () => {
    await lambdas[name].invoke({ 'detail-type': 'Scheduled Event', source: 'aws.events' });
  };
  let left: object[] = [];
  const reconcileNow = async () => {
    const events = [...left, ...aws.sts.takeTrail()];
    left = [];
    const came = await Promise.allSettled(events.map((event) => lambdas.reconcile.invoke(event)));
    // Each for itself, as EventBridge does: what could not be judged yet is handed over again.
    left = events.filter((_, index) => came[index]?.status === 'rejected');
    const failed = came.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  };
  return { sweepNow: run('sweep'), enforceNow: run('enforce'), watchNow: run('watch'), reconcileNow };
}

async function originsOf(issuer: string): Promise<string[]> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  return providerOrigins(issuer, (await response.json()) as Record<string, unknown>);
}

async function prepareTable({ dynamoDbEndpoint, tableName }: StackOptions): Promise<string> {
  const dynamoDb = new DynamoDBClient(ownCredentials(dynamoDbEndpoint));
  await createTable(dynamoDb, tableName);
  const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: tableName }));
  dynamoDb.destroy();
  if (Table?.LatestStreamArn === undefined) throw new Error(`The table ${tableName} has no stream.`);
  return Table.LatestStreamArn;
}

function poll({ dynamoDbEndpoint, onLog }: StackOptions, streamArn: string, lambdas: Lambdas) {
  const streams = new DynamoDBStreamsClient(ownCredentials(dynamoDbEndpoint));
  const mappings = [
    { prefix: streamed.message, lambda: lambdas.announce },
    { prefix: streamed.enforcement, lambda: lambdas.enforce },
  ];
  return pollStream({ client: streams, streamArn, mappings, onLog });
}

/** DynamoDB Local takes any credentials; these say that it is the stack itself, and no Lambda, who asks. */
function ownCredentials(endpoint: string) {
  return {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'LOCALSTACKITSELF', secretAccessKey: 'local' },
  };
}

interface Parts {
  readonly url: string;
  readonly issuer: string;
  readonly pageHeaders: Record<string, string>;
  readonly aws: AwsServices;
  readonly lambdas: ApiLambdas;
}

/** One origin for pages, API and configuration, as CloudFront has it. */
function answer(options: StackOptions, { url, issuer, pageHeaders, aws, lambdas }: Parts): Serve {
  const pages = options.pages(pageHeaders);
  const config = JSON.stringify({
    issuer,
    clientId: client.id,
    scope: 'openid profile email offline_access',
    resource: client.audience,
    title: 'Stepladder',
    ...options.branding,
  });
  return (request, response) => {
    const pathname = URL.parse(request.url ?? '/', url)?.pathname;
    // NB. Another Host is a page elsewhere whose name was pointed at this machine, to read what only its owner may see.
    if (pathname === undefined || request.headers.host !== new URL(url).host) {
      sendText(response, 400, `Open ${url} instead.`);
    } else if (isApi(pathname)) {
      serveApi(lambdas, request, response).catch((error: unknown) => {
        options.onLog(`gateway: ${error instanceof Error ? error.stack : String(error)}`);
        response.destroy();
      });
    } else if (pathname === '/config.json') {
      response.writeHead(200, { ...pageHeaders, 'Content-Type': 'application/json' }).end(config);
    } else if (isMailPage(pathname)) serveMailPage(aws, url, pathname, response);
    else pages(request, response);
  };
}

function repeat(
  { sweepIntervalMs, onLog }: StackOptions,
  name: string,
  runNow: () => Promise<void>,
): () => Promise<void> {
  let underway = Promise.resolve();
  const run = () => {
    underway = runNow().catch((error: unknown) =>
      onLog(`${name}: ${error instanceof Error ? error.message : String(error)}`),
    );
  };
  if (sweepIntervalMs === 0) return async () => {};
  run();
  const timer = setInterval(run, sweepIntervalMs);
  return async () => {
    clearInterval(timer);
    await underway;
  };
}
