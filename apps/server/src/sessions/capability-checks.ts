import { AppError } from '@jiga/contracts';
import type { ProviderRegistry } from '@jiga/providers';
import { SKILLS, type Skill } from '@jiga/vision';

import { pointerPart, settingProblems } from '../http/setting-checks.js';
import type { FieldProblem } from '../http/validation.decorators.js';

const SKILL_ID = /^[a-z][a-z0-9_.-]{0,63}$/;
const MAX_SKILLS = 64;
const OFFERED: ReadonlyMap<string, Skill> = new Map(SKILLS.map((skill) => [skill.id, skill]));

/** A list of skill ids, or ids with the settings of each, all of which must have an effect; absent or null = all. */
export function skillProblems(skills: unknown, pointer = '/skills'): FieldProblem[] {
  if (skills === undefined || skills === null) return [];
  if (typeof skills !== 'object') {
    return [{ pointer, code: 'wrong_type', detail: 'skills must be a list of ids or an object of settings' }];
  }
  const entries: [string | number, unknown][] = Array.isArray(skills)
    ? skills.map((id: unknown, index) => [index, id])
    : Object.entries(skills);
  if (entries.length > MAX_SKILLS) {
    return [{ pointer, code: 'bad_length', detail: `skills holds at most ${MAX_SKILLS}` }];
  }
  return entries.flatMap(([key, value]) => skillProblem(key, value, `${pointer}/${pointerPart(key)}`));
}

function skillProblem(key: string | number, value: unknown, pointer: string): FieldProblem[] {
  const id = typeof key === 'number' ? value : key;
  if (typeof id !== 'string' || !SKILL_ID.test(id)) {
    return [{ pointer, code: 'bad_format', detail: 'must be a skill id' }];
  }
  const skill = OFFERED.get(id);
  if (!skill) {
    return [{ pointer, code: 'not_allowed', detail: `this server has the skills ${[...OFFERED.keys()].join(', ')}` }];
  }
  return typeof key === 'string' ? settingProblems(skill.settings, value, pointer) : [];
}

/** Throws AppError `validation_failed` for fallback chains that this server cannot follow; absent or null = its own. */
export function refuseBadChains(registry: ProviderRegistry, chains: unknown, pointer: string): void {
  if (chains === undefined || chains === null) return;
  const fields = registry.check(chains).map(({ path, code, detail }) => ({
    pointer: [pointer, ...path.map(pointerPart)].join('/'),
    code,
    detail,
  }));
  if (fields.length > 0) throw new AppError('validation_failed', `${fields[0]?.detail}.`, { fields });
}
