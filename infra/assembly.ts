import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { BrokerStack, type BrokerStackProps } from './broker-stack.ts';
import { bundleLambdas, lambdaFunctions } from './bundles.ts';
import type { DeploymentConfig } from './config.ts';

/** What is deployed, in a folder: `bundles`, and `assembly`, which `cdk --app` takes. */
export interface Assembly {
  readonly directory: string;
  readonly stackName: string;
}

/**
 * Bundles the Lambdas and writes the template and the files that go with it. NB. It asks nobody anything and knows no
 * context: from the same sources, lockfile and deployment file come the same bytes.
 * @param pages the folder with the built app
 */
export async function assemble(
  config: DeploymentConfig,
  directory: string,
  pages: string,
): Promise<Assembly> {
  mkdirSync(directory, { recursive: true });
  const { document } = config.policy;
  const built = await bundleLambdas({ directory: join(directory, 'bundles'), policy: document });
  const bundles = Object.fromEntries(lambdaFunctions.map((name) => [name, built[name].directory]));
  return synthesize(
    { deployment: config, bundles: bundles as BrokerStackProps['bundles'], pages },
    directory,
  );
}

/** The same of bundles that are there. */
export function synthesize(props: SynthesisProps, directory: string): Assembly {
  const { identity, network } = props.deployment;
  if (identity.kind === 'saml') throw new Error('A SAML provider cannot be deployed.');
  if (network !== undefined) throw new Error('A network of your own cannot be deployed.');
  const app = new App({ outdir: join(directory, 'assembly'), analyticsReporting: false });
  const { stackName } = new BrokerStack(app, 'Broker', {
    ...props,
    deployment: { ...props.deployment, identity },
  });
  app.synth();
  return { directory, stackName };
}

export type SynthesisProps = Omit<BrokerStackProps, 'deployment'> & { readonly deployment: DeploymentConfig };
