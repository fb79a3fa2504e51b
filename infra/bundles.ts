import { statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { envSchemas, type LambdaFunction } from '../api/env.ts';
import { compilePolicy } from '../api/policy.ts';

/** What AWS, the local stack and the benchmark run: one folder per Lambda. */

/** What a folder holds. NB. By its ending Node knows the module for what it is, without a package.json beside it. */
export const moduleName = 'index.mjs';
export const policyName = 'policy.json';
/** How the Lambda service is told of the module's export (CreateFunction, Handler). */
export const handlerName = 'index.handler';

export interface Bundle {
  /** all that is shipped: the module, and the policy where the Lambda reads one */
  readonly directory: string;
  /** absolute path of the module */
  readonly module: string;
  /** absolute path of the compiled policy, `POLICY_FILE`; null where the Lambda's variables have none */
  readonly policyFile: string | null;
  /** size of the module */
  readonly bytes: number;
  /** What went into it: bytes before they were minified, by a source's path from the top of the repository. */
  readonly sources: ReadonlyMap<string, number>;
}

export type Bundles = Readonly<Record<LambdaFunction, Bundle>>;

/** What runs in place of the sources. Without a policy file, a Lambda reads the one that its variables name. */
export type HostedBundles = Readonly<Record<LambdaFunction, Pick<Bundle, 'module' | 'policyFile'>>>;

export const lambdaFunctions = Object.keys(envSchemas) as readonly LambdaFunction[];

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Bundles every handler as one minified ES module for nodejs24.x, each into a folder of its own name below the given
 * one, with the policy beside it. From the same sources, lockfile and policy come the same bytes, wherever and whenever.
 * @param options.directory what the Lambdas' folders in it held before is gone
 * @param options.policy the document that `readPolicy` of `infra/policy` gives
 * @throws InvalidPolicy before anything is written
 */
export async function bundleLambdas(options: {
  readonly directory: string;
  readonly policy: unknown;
}): Promise<Bundles> {
  compilePolicy(options.policy);
  const bundles: [LambdaFunction, Bundle][] = [];
  for (const name of lambdaFunctions) bundles.push([name, await bundle(name, options)]);
  return Object.fromEntries(bundles) as Bundles;
}

async function bundle(
  name: LambdaFunction,
  { directory, policy }: { readonly directory: string; readonly policy: unknown },
): Promise<Bundle> {
  const folder = join(directory, name);
  const sources = await writeModule(join('api/handlers', `${name}.ts`), folder, standIns(name));
  const module = join(folder, moduleName);
  const policyFile = readsPolicy(name) ? join(folder, policyName) : null;
  if (policyFile !== null) writeFileSync(policyFile, JSON.stringify(policy));
  return { directory: folder, module, policyFile, bytes: statSync(module).size, sources };
}

/**
 * The same for what the user pool of a SAML provider calls: `infra/saml`.
 * @param attributes how assertions name what is taken from them
 * @returns the folder that is shipped
 */
export async function bundleSamlTrigger(directory: string, attributes: object): Promise<string> {
  const folder = join(directory, 'saml');
  await writeModule('infra/saml/trigger.ts', folder, { name: 'nothing-stands-in' });
  writeFileSync(join(folder, 'attributes.json'), JSON.stringify(attributes));
  return folder;
}

function readsPolicy(name: LambdaFunction): boolean {
  return 'POLICY_FILE' in envSchemas[name].shape;
}

/**
 * NB. Everything is in the module, the SDK too, though the runtime brings one: that is another version than the one
 * that was tested, it changes without a deployment, and reading it takes longer than reading what is bundled of it.
 * There is no source map: Node would read it only if told to, at the price of each start; and as bundles do not depend
 * on where they are made, it can be made when a line of a log has to be understood. Legal comments are left out, since
 * nothing is handed on: bundles go to the functions of whoever builds them.
 */
async function writeModule(entry: string, folder: string, plugin: Plugin): Promise<Bundle['sources']> {
  const output = await build({
    configFile: false,
    envFile: false,
    publicDir: false,
    mode: 'production',
    logLevel: 'error',
    root,
    plugins: [plugin],
    // NB. In full, or which files of a package come in would depend on NODE_ENV.
    ssr: { noExternal: true, target: 'node', resolve: { conditions: ['module', 'node', 'production'] } },
    build: {
      ssr: join(root, entry),
      outDir: folder,
      emptyOutDir: true,
      target: 'node24',
      minify: true,
      rolldownOptions: {
        output: { entryFileNames: moduleName, codeSplitting: false, comments: { legal: false } },
      },
    },
  });
  if (!('output' in output)) throw new Error('Vite built several things, or watches.');
  const [chunk, ...others] = output.output;
  if (others.length > 0) throw new Error(`The bundle of ${entry} has more than one file.`);
  const sources = Object.entries(chunk.modules).map(([id, { renderedLength }]): [string, number] => {
    return [id.startsWith('\0') ? id.slice(1) : relative(root, id), renderedLength];
  });
  return new Map(sources);
}

/** What no Lambda ever reaches, and what says so if one did. */
const unreached: Readonly<Record<string, string>> = {
  // Every client is given its credentials: `api/aws/client-settings.ts`. The search for others is a quarter of the SDK.
  '@aws-sdk/credential-provider-node':
    "export function defaultProvider() { throw new Error('a client was made without credentials'); }",
  // Only operations that stream events load it, and none of ours does.
  '@smithy/core/event-streams': "throw new Error('this operation streams events');",
};
/**
 * NB. An ES import of node:http reads every name of it, the lazy ones too, and those load the whole of Node's fetch, which
 * takes several times as long as the rest.
 */
const httpWithoutFetch =
  "const http = process.getBuiltinModule('node:http'); export const { Agent, request } = http; export default http;";

/**
 * Modules that stand in for others. Who verifies tokens fetches the keys for it, so there fetch is loaded anyway, and the
 * start is no worse a time for that than the first request.
 */
function standIns(name: LambdaFunction): Plugin {
  const fetches = 'OIDC_ISSUER' in envSchemas[name].shape;
  const codes = new Map(Object.entries(unreached));
  if (!fetches) codes.set('node:http', httpWithoutFetch);
  return {
    name: 'stand-ins',
    enforce: 'pre',
    resolveId: (id) => (codes.has(id) ? `${standIn}${id}` : null),
    load: (id) => (id.startsWith(standIn) ? codes.get(id.slice(standIn.length)) : null),
  };
}

const standIn = '\0stand-in:';
