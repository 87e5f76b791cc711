export { type BundleParts, supportBundle } from './bundle.ts';
