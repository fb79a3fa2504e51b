import { describe, expect, it, vi } from 'vitest';
import { secretOf } from '../../../../web/features/sessions/secret.ts';

describe('a secret', () => {
  it('is there until it is wiped, and never again, for whoever has the box', () => {
    const secret = secretOf({ key: 'x' });
    const read = secret.read;
    expect(read()).toEqual({ key: 'x' });
    secret.wipe();
    expect([read(), secret.read()]).toEqual([null, null]);
    secret.wipe();
    expect(read()).toBeNull();
  });
  it('tells whoever wrote it down, once, when there is nothing left to read', () => {
    const secret = secretOf('x');
    const seen: unknown[] = [];
    const stopped = vi.fn();
    secret.onWipe(() => seen.push(secret.read()));
    secret.onWipe(stopped)();
    secret.wipe();
    secret.wipe();
    expect(seen).toEqual([null]);
    expect(stopped).not.toHaveBeenCalled();
  });
  it('tells whoever comes too late at once', () => {
    const secret = secretOf('x');
    secret.wipe();
    const late = vi.fn();
    secret.onWipe(late);
    expect(late).toHaveBeenCalledOnce();
  });
});
