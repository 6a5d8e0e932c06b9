export {
  allowedCommands,
  may,
  require,
  requireVisible,
  stampOf,
  visibleWhere,
  type VisibleWhere,
} from './access.ts';
export { Clearance, ruledOut, type Matter, type Part } from './four-eyes.ts';
export { rules, type Place, type Reach, type Rule } from './rules.ts';
