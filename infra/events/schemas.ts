import { z } from 'zod';
import { eventSchemas } from '../../api/event-schemas.ts';
import { jsonText } from '../json-text.ts';

/**
 * The JSON Schemas of the events, from the shapes of `api/event-schemas.ts`, as they are checked in beside this. Draft 4
 * is what the schema registry of EventBridge takes. NB. They let other fields be: there may be new ones at any time.
 */
export function eventSchemaTexts(): Readonly<Record<keyof typeof eventSchemas, string>> {
  const textOf = (name: keyof typeof eventSchemas) => {
    const schema = z.toJSONSchema(eventSchemas[name], { target: 'draft-4', io: 'input' });
    return `${jsonText({ title: eventSchemas[name].shape['detail-type'].value, ...schema })}\n`;
  };
  return { request: textOf('request'), session: textOf('session') };
}

export const eventSchemaFiles = {
  request: new URL('./request-event.json', import.meta.url),
  session: new URL('./session-event.json', import.meta.url),
} as const satisfies Record<keyof typeof eventSchemas, URL>;
