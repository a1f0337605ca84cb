import type { ReplyRequest } from '../ports/index.js';
import type { ChainEntry } from '../provider.registry.js';
import type { Miss } from './give-up.js';

/**
 * Why the same model is asked once more, without the picture: it does not take this one (services say that with 4xx, some
 * with 5xx), or the budget has no room for a call of which nobody knows what it comes to.
 */
const MAY_BE_FOR_THE_PICTURE: ReadonlySet<Miss['reason']> = new Set([
  'bad_request',
  'unavailable',
  'bad_answer',
  'degraded',
  'busy',
]);

export const mayBeForThePicture = ({ reason }: Pick<Miss, 'reason'>): boolean => MAY_BE_FOR_THE_PICTURE.has(reason);

/**
 * What a model is asked: with its pictures if it takes them, and then, should that fail for their sake, without. One that
 * `refuses` them is not shown them.
 */
export function formsFor(entry: ChainEntry, request: ReplyRequest, refuses: boolean): readonly ReplyRequest[] {
  if (!hasPicture(request)) return [request];
  const takesPictures = !refuses && (entry.provider.pictureModels?.includes(entry.model) ?? false);
  return takesPictures ? [request, withoutPictures(request)] : [withoutPictures(request)];
}

export const hasPicture = ({ messages }: ReplyRequest): boolean =>
  messages.some((message) => message.role === 'user' && message.picture !== undefined);

function withoutPictures(request: ReplyRequest): ReplyRequest {
  const messages = request.messages.map((message) =>
    message.role === 'user' ? { role: message.role, text: message.text } : message,
  );
  return { ...request, messages };
}
