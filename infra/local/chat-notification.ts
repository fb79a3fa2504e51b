import { z } from 'zod';
import type { ChatNotification } from '../../api/domain/chat.ts';

/**
 * What Amazon Q Developer takes from its topic (its Administrator Guide, "Custom notifications"). NB. What it does not
 * take it drops without a word; the local topic refuses it instead.
 */
const shape = z.strictObject({
  version: z.literal('1.0'),
  source: z.literal('custom'),
  id: z.string().max(256),
  content: z.strictObject({
    textType: z.literal('client-markdown'),
    title: z.string().min(1).max(250),
    description: z.string().min(1).max(8_000),
    nextSteps: z.array(z.string().max(350)).max(10),
    keywords: z.array(z.string().max(75)).max(10),
  }),
  metadata: z.strictObject({
    threadId: z.string().max(256),
    summary: z.string().max(250),
    eventType: z.string().max(256),
    additionalContext: z.record(z.string(), z.string()),
  }),
}) satisfies z.ZodType<ChatNotification>;

/** undefined: it would be dropped */
export function parseNotification(message: string): ChatNotification | undefined {
  try {
    return shape.safeParse(JSON.parse(message)).data;
  } catch {
    return undefined;
  }
}
