export { decodeBase64 } from './base64.js';
export { FieldReader } from './field-reader.js';
export { admitFrame, type FrameLimits, type Picture } from './admission.js';
export {
  DROP_ADVICE,
  FrameIntake,
  type DropReason,
  type FrameOutcome,
  type FrameOwner,
  type IntakeOptions,
  type IntakeRecorder,
} from './frame-intake.js';
export { LastFrame, type KeptFrame } from './last-frame.js';
export { FrameSampler } from './frame-sampler.js';
export { FrameScheduler, type SchedulerOptions, type TurnTaker } from './frame-scheduler.js';
export {
  BATCH_MAX,
  readHighSpeedMessage,
  type BatchFrame,
  type HighSpeedMessage,
  type Pictures,
} from './high-speed-message.js';
export { QUALITY_LEVELS, type QualityLevel, type QualityStep } from './quality-controller.js';
export { SessionFlow, type FlowOptions } from './session-flow.js';
export { MESSAGE_BOUNDS, readIds, readVideoMessage, type MessageIds, type VideoMessage } from './video-message.js';
