/** Where the page and the API are: `<prefix>/portal/` and `<prefix>/api/v1`, or both at the root of their own domain. */
export interface Places {
  /** Base of the router, without a slash at its end. */
  readonly base: string;
  /** Base of the API's paths, which begin with `/api/v1`. */
  readonly apiUrl: string;
}

/** From `document.baseURI`: the host writes the page's own address into `<base href>`. */
export const placesOf = (baseUri: string): Places => {
  const { origin, pathname } = new URL(baseUri);
  const base = pathname.replace(/[^/]*$/, '').replace(/\/+$/, '');
  return { base, apiUrl: origin + base.replace(/\/portal$/, '') };
};
