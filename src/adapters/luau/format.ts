import {
  CallParenType,
  Config,
  formatCode,
  IndentType,
  LineEndings,
  LuaVersion,
  OutputVerification,
  QuoteStyle,
  SortRequiresConfig,
} from '@johnnymorganz/stylua';

import { GraveshiftError } from '../../domain/failure.js';

/** The settings of `luau/stylua.toml`. `formatCode` consumes its Config, so each call gets one. */
function createConfig(): Config {
  const config = Config.new();
  config.syntax = LuaVersion.Luau;
  config.column_width = 100;
  config.line_endings = LineEndings.Unix;
  config.indent_type = IndentType.Tabs;
  config.indent_width = 4;
  config.quote_style = QuoteStyle.AutoPreferDouble;
  config.call_parentheses = CallParenType.Always;
  config.sort_requires = SortRequiresConfig.new().set_enabled(true);
  return config;
}

/**
 * Formats Luau as StyLua does with `luau/stylua.toml`. Its result is not verified against the input's syntax
 * tree: sorting requires changes the tree by design.
 * @throws GraveshiftError `CodeFailure` that names file, line and column of what does not parse
 */
export function formatLuau(path: string, source: string): string {
  try {
    return formatCode(source, createConfig(), undefined, OutputVerification.None);
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).trim();
    throw new GraveshiftError('CodeFailure', `${path} cannot be formatted: ${reason}`, {
      details: { file: path },
      cause: error,
    });
  }
}
