export { createAnswerCache, type AnswerCache } from './answer-cache.js';
export { codeAnswerSchema, type CodeAnswer, type ModelOutcome, type ModelReply } from './answer.js';
export { askModel, type AskOptions, type ModelPrompt } from './ask-model.js';
export { createPaidModel, type PaidModel } from './paid-model.js';
export { buildCodePrompt, type CodeContext } from './code-prompt.js';
export { describeModule } from './module-interface.js';
