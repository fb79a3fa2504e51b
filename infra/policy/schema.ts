import { z } from 'zod';
import { jsonText } from '../json-text.ts';

/** The JSON Schema of a file, from the shape that reading it checks. NB. Reading knows more than a schema can say. */
export function schemaText(title: string, shape: z.ZodType): string {
  return `${jsonText({ title, ...z.toJSONSchema(shape, { io: 'input' }) })}\n`;
}
