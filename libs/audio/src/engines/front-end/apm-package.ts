/** The package of the echo canceller; optional, and only this version is known to be whole. */
export const APM_PACKAGE = '@livekit/rtc-ffi-bindings';
export const APM_VERSION = '0.12.73';
