export { type BilledImage, billOfMaterials, packageUrl } from './bill-of-materials.ts';
export { type Component, type LockedPackages, npmComponents } from './component.ts';
export { ALLOWED_LICENCES, isAllowed, licenceList } from './licences.ts';
