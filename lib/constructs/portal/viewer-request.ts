import { CONFIG, HASHED, INDEX } from '../../../functions/portal-host/page-file.ts';

/**
 * The CloudFront Function that answers the paths of the page's router with the start page. It names the files, since ids in
 * paths may contain dots, and leaves answers of the API alone, which an error page for 404 would replace. ECMAScript 5.1,
 * as CloudFront's first runtime reads it, and no template literals: CloudFront limits the code to 10 KB.
 */
export const viewerRequestCode = (files: readonly string[]): string => {
  const named = [...files, CONFIG].filter((path) => !path.startsWith(HASHED)).map((path) => `/${path}`);
  return `var files = ${JSON.stringify(named)};
function handler(event) {
  var request = event.request;
  if (request.uri.indexOf('/${HASHED}') !== 0 && files.indexOf(request.uri) < 0) request.uri = '/${INDEX}';
  return request;
}
`;
};
