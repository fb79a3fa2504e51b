import { AsyncLocalStorage } from 'node:async_hooks';
import { vi } from 'vitest';

/**
 * Stands in for `api/aws/client-settings.ts`: what the product really sets, but with one retry less and, where a test
 * waits for every time-out, with less patience. NB. Nothing is added: a time-out that the product forgets is forgotten here
 * too. A test file asks for it by `vi.mock`, which keeps the product without a door for tests.
 */
const { clientSettings: real } = await vi.importActual<typeof import('../../api/aws/client-settings.ts')>(
  '../../api/aws/client-settings.ts',
);

/** Whom clients call, as whom, and how long they wait for it. */
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

const aims = new AsyncLocalStorage<Aim>();

/** As they are for whoever reads them: what runs at the same time calls elsewhere. */
export const clientSettings = {
  ...real,
  get endpoint() {
    return aims.getStore()?.endpoint;
  },
  get region() {
    return aims.getStore()?.region;
  },
  get credentials() {
    return aims.getStore()?.credentials;
  },
  get maxAttempts() {
    return real.maxAttempts - 1;
  },
  get requestHandler() {
    const { patience = 1 } = aims.getStore() ?? {};
    const waits = Object.entries(real.requestHandler).map(([name, value]) => [
      name,
      typeof value === 'number' ? value * patience : value,
    ]);
    return Object.fromEntries(waits);
  },
};

/** Whatever clients are made by this call this, also later, while it goes on. */
export function aimed<Made>(aim: Aim, make: () => Made): Made {
  return aims.run(aim, make);
}
