import { VideoInputSource } from '@jiga/contracts';

import type { FieldProblem } from '../../http/validation.decorators.js';
import { skillProblems } from '../capability-checks.js';
import type { CreateSessionDto } from './create-session.dto.js';

const MAX_PREFERENCES_BYTES = 16 * 1024;

/** Keys that each source understands, and of which sets of keys it needs one. */
const SOURCES: Readonly<
  Record<VideoInputSource, { readonly keys: readonly string[]; readonly needsOneOf: readonly string[] }>
> = {
  direct_screen: { keys: ['quality', 'fps'], needsOneOf: [] },
  twitch: { keys: ['channel_name', 'quality', 'fps'], needsOneOf: ['channel_name'] },
  youtube: { keys: ['url', 'video_id', 'channel', 'quality', 'fps'], needsOneOf: ['url', 'video_id', 'channel'] },
  stream_url: { keys: ['url', 'quality', 'fps'], needsOneOf: ['url'] },
};

/** What no single field can tell: the source's own rules, and fields that take more than one shape. Providers are checked by the route. */
export function checkCreateSession(dto: CreateSessionDto): FieldProblem[] {
  return [...sourceProblems(dto), ...skillProblems(dto.skills), ...preferenceProblems(dto.preferences)];
}

function sourceProblems({ video_input_source, video_source_config }: CreateSessionDto): FieldProblem[] {
  const source = video_input_source ?? VideoInputSource.DIRECT_SCREEN;
  const { keys, needsOneOf } = SOURCES[source];
  const given = Object.keys(video_source_config ?? {});
  const problems: FieldProblem[] = given
    .filter((key) => !keys.includes(key))
    .map((key) => ({
      pointer: `/video_source_config/${key}`,
      code: 'unknown_field',
      detail: `${key} is not a setting of ${source}`,
    }));
  const [only] = needsOneOf;
  if (only !== undefined && !needsOneOf.some((key) => given.includes(key))) {
    const pointer = needsOneOf.length === 1 ? `/video_source_config/${only}` : '/video_source_config';
    problems.push({ pointer, code: 'required', detail: `${source} needs ${needsOneOf.join(' or ')}` });
  }
  return problems;
}

function preferenceProblems(preferences: unknown): FieldProblem[] {
  const bytes = preferences === undefined ? 0 : Buffer.byteLength(JSON.stringify(preferences));
  if (bytes <= MAX_PREFERENCES_BYTES) return [];
  return [
    { pointer: '/preferences', code: 'bad_length', detail: `preferences holds at most ${MAX_PREFERENCES_BYTES} bytes` },
  ];
}
