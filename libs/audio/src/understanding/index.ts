export { CONTROL_ACTIONS, QUESTION_TOPICS } from './intent.js';
export type { ControlAction, Intent, QuestionTopic } from './intent.js';
export { Understanding } from './understanding.js';
export type { SessionVocabulary } from './vocabulary.js';
