import { STSClient, type STSClientConfig, type Credentials as StsCredentials } from '@aws-sdk/client-sts';
import type { Credentials } from '../actions/ports.ts';
import { instantOf } from '../domain/instant.ts';
import { clientSettings } from './client-settings.ts';

/** NB. Never of the global endpoint: it does not narrow credentials, and it is one region for everybody. */
export function stsClient(more: STSClientConfig = {}): STSClient {
  return new STSClient({ ...clientSettings, useGlobalEndpoint: false, ...more });
}

/** The credentials of an answer of STS, or null where a part of them is missing. */
export function credentialsIn({
  Credentials: given,
}: {
  readonly Credentials?: StsCredentials | undefined;
}): Credentials | null {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) return null;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: instantOf(Expiration.getTime()),
  };
}
