import { STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { clientSettings } from './client-settings.ts';

/** NB. Never of the global endpoint: it does not narrow credentials, and it is one region for everybody. */
export function stsClient(more: STSClientConfig = {}): STSClient {
  return new STSClient({ ...clientSettings, useGlobalEndpoint: false, ...more });
}
