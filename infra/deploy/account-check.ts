import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { DeploymentConfig } from '../config.ts';

/**
 * Why these credentials may not deploy this file; undefined: they are of its account. They are the ones that any AWS tool
 * would find: variables, a profile, a sign-in.
 */
export async function accountProblem({
  account,
  region,
}: Pick<DeploymentConfig, 'account' | 'region'>): Promise<string | undefined> {
  const sts = new STSClient({ region });
  try {
    const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
    if (Account === account) return undefined;
    return `These credentials are of account ${Account} (${Arn}), and the file is for ${account}: use others.`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `AWS does not say whose credentials these are (${reason}): sign in, or set AWS_PROFILE.`;
  } finally {
    sts.destroy();
  }
}
