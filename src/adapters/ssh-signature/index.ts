export { type SigningKey, signStatement } from './sign.js';
export { verifySignature } from './verify.js';
