import { CAPABILITIES, VideoInputSource } from '@jiga/contracts';

import type { FieldProblem } from '../../http/validation.decorators.js';
import type { CreateSessionDto } from './create-session.dto.js';

const SKILL_ID = /^[a-z][a-z0-9_.-]{0,63}$/;
const MAX_SKILLS = 64;
const PROVIDER_AND_MODEL = /^[a-z0-9][a-z0-9_-]{0,63}:[\w./:-]{1,128}$/;
/** Providers of this server. It analyses by itself and asks nobody else. */
const OFFERED_PROVIDERS = ['local'];
const MAX_FALLBACKS = 8;
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

/** What no single field can tell: the source's own rules, and fields that take more than one shape. */
export function checkCreateSession(dto: CreateSessionDto): FieldProblem[] {
  return [
    ...sourceProblems(dto),
    ...skillProblems(dto.skills),
    ...providerProblems(dto.model_provider),
    ...preferenceProblems(dto.preferences),
  ];
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

/** A list of ids, or ids with the settings of each. */
function skillProblems(skills: unknown): FieldProblem[] {
  if (skills === undefined || skills === null) return [];
  const pointer = '/skills';
  if (typeof skills !== 'object') return [wrongType(pointer, 'skills must be a list of ids or an object of settings')];
  const entries: [string | number, unknown][] = Array.isArray(skills)
    ? skills.map((id: unknown, index) => [index, id])
    : Object.entries(skills);
  if (entries.length > MAX_SKILLS)
    return [{ pointer, code: 'bad_length', detail: `skills holds at most ${MAX_SKILLS}` }];
  return entries.flatMap(([key, value]) => {
    const id = typeof key === 'number' ? value : key;
    if (typeof id !== 'string' || !SKILL_ID.test(id))
      return [badFormat(`${pointer}/${pointerPart(key)}`, 'must be a skill id')];
    if (typeof key === 'string' && !isObject(value))
      return [wrongType(`${pointer}/${key}`, `${key} must be an object of settings`)];
    return [];
  });
}

/** Per capability, an ordered list of `provider:model`. */
function providerProblems(providers: unknown): FieldProblem[] {
  if (providers === undefined || providers === null) return [];
  return Object.entries(providers).flatMap(([capability, chain]: [string, unknown]) => {
    const pointer = `/model_provider/${pointerPart(capability)}`;
    if (!CAPABILITIES.some((known) => known === capability)) {
      return [{ pointer, code: 'unknown_field', detail: `capabilities are ${CAPABILITIES.join(', ')}` }];
    }
    if (!Array.isArray(chain)) return [wrongType(pointer, `${capability} must be a list of provider:model`)];
    if (chain.length === 0 || chain.length > MAX_FALLBACKS) {
      return [{ pointer, code: 'bad_length', detail: `${capability} holds 1 to ${MAX_FALLBACKS}` }];
    }
    return chain.flatMap((entry: unknown, index) => providerProblem(entry, `${pointer}/${index}`));
  });
}

function providerProblem(entry: unknown, pointer: string): FieldProblem[] {
  if (typeof entry !== 'string' || !PROVIDER_AND_MODEL.test(entry)) {
    return [badFormat(pointer, 'must have the form provider:model')];
  }
  if (OFFERED_PROVIDERS.some((provider) => entry.startsWith(`${provider}:`))) return [];
  return [{ pointer, code: 'not_allowed', detail: `this server offers the providers ${OFFERED_PROVIDERS.join(', ')}` }];
}

function preferenceProblems(preferences: unknown): FieldProblem[] {
  const bytes = preferences === undefined ? 0 : Buffer.byteLength(JSON.stringify(preferences));
  if (bytes <= MAX_PREFERENCES_BYTES) return [];
  return [
    { pointer: '/preferences', code: 'bad_length', detail: `preferences holds at most ${MAX_PREFERENCES_BYTES} bytes` },
  ];
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const pointerPart = (key: string | number): string => String(key).replaceAll('~', '~0').replaceAll('/', '~1');
const wrongType = (pointer: string, detail: string): FieldProblem => ({ pointer, code: 'wrong_type', detail });
const badFormat = (pointer: string, detail: string): FieldProblem => ({ pointer, code: 'bad_format', detail });
