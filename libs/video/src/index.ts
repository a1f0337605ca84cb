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
export { FrameSampler } from './frame-sampler.js';
export { MESSAGE_BOUNDS, readIds, readVideoMessage, type MessageIds, type VideoMessage } from './video-message.js';
