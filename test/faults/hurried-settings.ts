import { vi } from 'vitest';

/**
 * Stands in for `api/aws/client-settings.ts`: what the product really sets, but with one retry less and, where a test
 * waits for every time-out, with less patience. NB. Nothing is added: a time-out that the product forgets is forgotten here
 * too. A test file asks for it by `vi.mock`, which keeps the product without a door for tests.
 */
const { clientSettings: real } = await vi.importActual<typeof import('../../api/aws/client-settings.ts')>(
  '../../api/aws/client-settings.ts',
);

/** Whom the clients that are made next call, as whom, and how long they wait for it. */
export interface Aim {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** 1: as long as the product */
  readonly patience: number;
}

export const clientSettings: Record<string, unknown> = { ...real };

/** Makes clients that call this. */
export function aimed<Made>({ patience, ...where }: Aim, make: () => Made): Made {
  const waits = Object.entries(real.requestHandler).map(([name, value]) => [
    name,
    typeof value === 'number' ? value * patience : value,
  ]);
  Object.assign(clientSettings, where, {
    maxAttempts: real.maxAttempts - 1,
    requestHandler: Object.fromEntries(waits),
  });
  return make();
}
