import type { Adapter, AdapterPayload } from 'oidc-provider';

/** What the local provider remembers (sign-ins, codes, refresh tokens): in memory, until it stops. */
export class OpenIdStore implements Adapter {
  readonly #model: string;
  readonly #items: Map<string, AdapterPayload>;

  /** @param items shared by all models of one provider */
  constructor(model: string, items: Map<string, AdapterPayload>) {
    this.#model = model;
    this.#items = items;
  }

  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    this.#items.set(this.#key(id), payload);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#items.get(this.#key(id));
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return [...this.#items.values()].find((payload) => payload.kind === this.#model && payload.uid === uid);
  }

  /** For devices without a browser, which this provider does not serve. */
  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  async consume(id: string): Promise<void> {
    const payload = this.#items.get(this.#key(id));
    if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    this.#items.delete(this.#key(id));
  }

  /** NB. Of this model only: a sign-in under way names the grant of the person before, and has to outlive it. */
  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [key, payload] of this.#items) {
      if (payload.grantId === grantId && payload.kind === this.#model) this.#items.delete(key);
    }
  }

  #key(id: string): string {
    return `${this.#model}:${id}`;
  }
}
