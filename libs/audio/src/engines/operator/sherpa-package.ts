/**
 * The package that runs the operator's models. Its library has parts under the GPL (espeak-ng), so it is no dependency: an
 * operator installs it, and it runs as a program of its own.
 */
export const SHERPA_PACKAGE = 'sherpa-onnx-node';
export const SHERPA_VERSION = '1.13.8';
