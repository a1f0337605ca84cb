import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

import type { ApiContent, ApiDocument } from './document.js';
import type { FuzzRequest } from './make-request.js';

export interface FuzzAnswer {
  readonly status: number;
  /** Lower-case media type without parameters; null = none. */
  readonly type: string | null;
  readonly body: string;
  readonly tookMs: number;
}

const SLOWEST_MS = 5_000;
/** Refusals with 503 that are the server's word on the request, not its failure. */
const FINE_5XX = new Set(['capability_unavailable', 'frame_dropped', 'socket_limit']);
const STACK = /\n\s+at |node_modules|\.[cm]?[jt]s:\d+/;
const PROBLEM = 'application/problem+json';
/** A path with odd parts may be the path of nothing, or of something else. */
const OF_ODD_PATHS = new Set(['not_found', 'method_not_allowed']);

/** Holds answers against the API document. */
export class Judge {
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  readonly #validators = new Map<object, ValidateFunction>();

  constructor(document: ApiDocument) {
    this.#ajv.addSchema({ $id: 'api', components: document.components });
  }

  /** Everything that is wrong with an answer. */
  faults({ target, method }: FuzzRequest, answer: FuzzAnswer): string[] {
    const found: string[] = [];
    const { status, type, body } = answer;
    if (answer.tookMs > SLOWEST_MS) found.push(`took ${Math.round(answer.tookMs)} ms`);
    if (STACK.test(body)) found.push('shows a stack trace');
    const problem = status >= 400 ? readProblem(type, body) : null;
    if (status >= 400 && !problem) found.push(`is no problem document but ${type ?? 'nothing'}: ${body.slice(0, 200)}`);
    const code = problem?.code ?? '';
    if (status >= 500 && !FINE_5XX.has(code)) found.push(`is a failure of the server: ${code}`);
    if (OF_ODD_PATHS.has(code)) return found;
    const documented = target.operation.responses[String(status)];
    if (!documented) return [...found, `has status ${status} (${code}), which is not documented`];
    if (method === 'HEAD' || status === 204) return found;
    const content = documented.content?.[type ?? ''];
    if (!content) return [...found, `has media type ${type ?? 'none'}, which is not documented for ${status}`];
    if (problem && !Object.hasOwn(content.examples ?? {}, code))
      found.push(`has code ${code}, which is not documented`);
    return [...found, ...this.#shapeFaults(type, content, body)];
  }

  #shapeFaults(type: string | null, { schema }: ApiContent, body: string): string[] {
    if (!schema || !type?.endsWith('json')) return [];
    const validate = this.#validators.get(schema) ?? this.#compile(schema);
    if (validate(JSON.parse(body))) return [];
    return [`does not fit its schema: ${this.#ajv.errorsText(validate.errors).slice(0, 300)}`];
  }

  #compile(schema: object): ValidateFunction {
    const validate = this.#ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')) as object);
    this.#validators.set(schema, validate);
    return validate;
  }
}

function readProblem(type: string | null, body: string): { readonly code: string } | null {
  if (type !== PROBLEM) return null;
  try {
    const { code } = JSON.parse(body) as { readonly code?: unknown };
    return typeof code === 'string' ? { code } : null;
  } catch {
    return null;
  }
}
