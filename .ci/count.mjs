// Prints "PASSED FAILED" of a Jest JSON report. A suite that could not run counts as one failure.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
console.log(`${report.numPassedTests} ${report.numFailedTests + report.numRuntimeErrorTestSuites}`);
