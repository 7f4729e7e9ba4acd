export { readContentPackage, type ContentPackage } from './content-package.js';
export {
  layOutContent,
  measureContent,
  proveContent,
  readContentProgram,
  type ContentProgram,
} from './content-program.js';
export { renderContentSvg } from './content-svg.js';
export {
  contentFolder,
  contentPlayPath,
  contentSheetsFolder,
  contentSpecPath,
  contentTestsFolder,
  generateContent,
  type GenerateContentInput,
} from './generate-content.js';
