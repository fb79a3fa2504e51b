import type { Reporter, TestModule } from 'vitest/node';

/** Ends the run with `N passed, N failed` on a line of its own. A file that could not be loaded counts as failed. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    console.log(`\n${count('passed')} passed, ${count('failed') + broken} failed`);
  }
}
