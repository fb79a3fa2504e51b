import { z } from 'zod';
import { otherwise } from '../api/policy-values.ts';

/** A text of that form, and what to say of any other. */
export const text = (form: string, pattern: RegExp) =>
  z.string(otherwise(form)).regex(pattern, { error: form, abort: true });

/** What `deployment.yaml` says after a restore. */
export const restored = z
  .strictObject({
    table: text('a table has 3 to 255 of A-Z a-z 0-9 _.-', /^[\w.-]{3,255}$/).describe(
      'The table that was restored from a backup, in the account and region of this file.',
    ),
    stream: text(
      'a label of a stream is written 2026-11-28T10:12:13.456',
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/,
    ).describe('Its LatestStreamLabel, as describe-table says it.'),
  })
  .describe('In place of the table of the stack, after a restore: infra/operations/README.md.');
