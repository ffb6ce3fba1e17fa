/** Error answers as Confluence words them: api.md sections 8.6 and 10. */
import { type Answer, Halt, html, json } from "./answer.ts";

const SERVICE = "com.atlassian.confluence.api.service.exceptions";

/** The v2 error envelope. */
export function v2Error(status: number, code: string, title: string, detail: string | null = null): Answer {
  return json({ errors: [{ status, code, title, detail }] }, status);
}

/** 404 of v2: a real one names what it looked for; the bare title means a bad credential. */
export function v2NotFound(title = "Not Found"): Answer {
  return v2Error(404, "NOT_FOUND", title);
}

/** 400 of v2 for a parameter of the wrong type. */
export function v2BadParameter(name: string, value: string, type: string): Answer {
  const title = type === "Cursor"
    ? `Provided value for '${name}' is not the correct type. Expected type is Cursor.`
    : `Provided value {${value}} for '${name}' is not the correct type. Expected type is ${type}.`;
  const detail = type === "Cursor"
    ? "The provided cursor was not valid. You can get a new valid cursor by making the original pagination " +
      "request again."
    : null;
  return v2Error(400, "INVALID_REQUEST_PARAMETER", title, detail);
}

/** The service layer's error of v1. */
export function v1Error(status: number, exception: string, text: string, authorized = true): Answer {
  return json({
    statusCode: status,
    data: { authorized, valid: status !== 400 || authorized, errors: [], successful: status < 400 },
    message: `${SERVICE}.${exception}: ${text}`,
  }, status);
}

export function v1BadRequest(text: string): Answer {
  return json({
    statusCode: 400,
    data: { authorized: true, valid: true, errors: [], successful: true },
    message: `${SERVICE}.api.BadRequestException: ${text}`,
  }, 400);
}

export function v1NotFound(id: string): Answer {
  const text = `No content found with id: ContentId{id=${id}}`;
  return json({
    statusCode: 404,
    data: {
      authorized: false,
      valid: true,
      errors: [{ message: { translation: text, args: [] } }],
      successful: false,
    },
    message: `${SERVICE}.api.NotFoundException: ${text}`,
  }, 404);
}

/** The two-member error of v1's outermost layer. */
export function v1Plain(status: number, message: string): Answer {
  return json({ statusCode: status, message }, status);
}

/** A route nobody serves: a page below v1 content and space, else as JAX-RS says it: JSON or XML by `Accept`. */
export function unknownRoute(request: Request, path: string): Answer {
  if (/^\/wiki\/rest\/api\/(content|space)\//.test(path)) {
    return html("<!doctype html><html><head><title>Page not found</title></head><body></body></html>", 404);
  }
  const message = `null for uri: ${request.url}`;
  if ((request.headers.get("accept") ?? "").includes("xml")) {
    const escaped = message.replace(/&/g, "&amp;").replace(/</g, "&lt;");
    return {
      status: 404,
      text: `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><status><status-code>404</status-code>` +
        `<message>${escaped}</message></status>`,
      headers: { "content-type": "application/xml" },
    };
  }
  return json({ message, "status-code": 404 }, 404);
}

/** The error page of the servlet container. */
export function tomcat(
  status: number,
  title: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return html(
    `<!doctype html><html lang="en"><head><title>HTTP Status ${status} – ${title}</title></head>` +
      `<body><h1>HTTP Status ${status} – ${title}</h1></body></html>`,
    status,
    headers,
  );
}

/** Ends the request with an answer. */
export function halt(answer: Answer): never {
  throw new Halt(answer);
}
