export * from '../../src/workflows/index.ts';
export { shape, shapeWatcher } from './shape-workflow.ts';
export { twin } from './twin-workflow.ts';
