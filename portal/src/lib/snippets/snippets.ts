import type { Family } from '../signature/pasted-headers.ts';

/**
 * How a receiver verifies a webhook, in eleven languages. The Standard Webhooks libraries know the `webhook-*` headers, the
 * Svix libraries the `svix-*` ones as well. No secret is in them: it comes from the environment.
 */

export interface Snippet {
  readonly language: string;
  /** The command or declaration that adds the library; null: none is needed. */
  readonly install: string | null;
  readonly code: string;
}

interface Names {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
  /** Whether the libraries of Svix are needed. */
  readonly svix: boolean;
}

const javascript = ({ id, timestamp, signature, svix }: Names): Snippet => ({
  language: 'JavaScript',
  install: svix ? 'npm install svix' : 'npm install standardwebhooks',
  code: `import express from 'express';
import { Webhook } from '${svix ? 'svix' : 'standardwebhooks'}';

const webhook = new Webhook(process.env.WEBHOOK_SECRET); // whsec_…
const app = express();

// express.raw keeps the bytes that were signed. Do not parse the body before. Payloads have up to 2 MB.
app.post('/webhooks', express.raw({ type: '*/*', limit: '4mb' }), (request, response) => {
  try {
    const event = webhook.verify(request.body, {
      '${id}': request.header('${id}'),
      '${timestamp}': request.header('${timestamp}'),
      '${signature}': request.header('${signature}'),
    });
    console.log(event);
    response.sendStatus(204);
  } catch {
    response.sendStatus(400);
  }
});

app.listen(3000);`,
});

const python = ({ id, timestamp, signature, svix }: Names): Snippet => ({
  language: 'Python',
  install: svix ? 'pip install svix flask' : 'pip install standardwebhooks flask',
  code: `import os

from flask import Flask, request
from ${svix ? 'svix.webhooks' : 'standardwebhooks.webhooks'} import Webhook, WebhookVerificationError

webhook = Webhook(os.environ["WEBHOOK_SECRET"])  # whsec_…
app = Flask(__name__)


@app.post("/webhooks")
def receive():
    names = ["${id}", "${timestamp}", "${signature}"]
    headers = {name: request.headers.get(name, "") for name in names}
    try:
        # get_data returns the bytes that were signed. Do not use request.json before.
        event = webhook.verify(request.get_data(), headers)
    except WebhookVerificationError:
        return "", 400
    print(event)
    return "", 204`,
});

const go = ({ id, timestamp, signature, svix }: Names): Snippet => {
  const library = svix
    ? 'github.com/svix/svix-webhooks/go'
    : 'github.com/standard-webhooks/standard-webhooks/libraries/go';
  const name = svix ? 'svix' : 'standardwebhooks';
  return {
    language: 'Go',
    install: `go get ${library}`,
    code: `package main

import (
	"io"
	"log"
	"net/http"
	"os"

	${name} "${library}"
)

func main() {
	webhook, err := ${name}.NewWebhook(os.Getenv("WEBHOOK_SECRET")) // whsec_…
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("POST /webhooks", func(w http.ResponseWriter, r *http.Request) {
		// The bytes that were signed: do not decode the body before.
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4<<20))
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		// Reads ${id}, ${timestamp} and ${signature}.
		if err := webhook.Verify(body, r.Header); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		log.Printf("%s", body)
		w.WriteHeader(http.StatusNoContent)
	})
	log.Fatal(http.ListenAndServe(":3000", nil))
}`,
  };
};

const rust = ({ id, timestamp, signature, svix }: Names): Snippet => ({
  language: 'Rust',
  install: `cargo add axum ${svix ? 'svix' : 'standardwebhooks'} && cargo add tokio --features full`,
  code: `use axum::{body::Bytes, http::{HeaderMap, StatusCode}, routing::post, Router};
use ${svix ? 'svix::webhooks::Webhook' : 'standardwebhooks::Webhook'};

// Bytes is the body as it was signed. Do not use Json before.
async fn receive(headers: HeaderMap, body: Bytes) -> StatusCode {
    let secret = std::env::var("WEBHOOK_SECRET").unwrap(); // whsec_…
    let webhook = Webhook::new(&secret).unwrap();
    // Reads ${id}, ${timestamp} and ${signature}.
    match webhook.verify(&body, &headers) {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::BAD_REQUEST,
    }
}

#[tokio::main]
async fn main() {
    let app = Router::new().route("/webhooks", post(receive));
    let listener = tokio::net::TcpListener::bind("0.0.0.0:3000").await.unwrap();
    axum::serve(listener, app).await.unwrap();
}`,
});

const java = ({ id, timestamp, signature, svix }: Names): Snippet => ({
  language: 'Java',
  install: svix
    ? 'implementation "com.svix:svix:1.+"'
    : 'implementation "com.standardwebhooks:standardwebhooks:1.+"',
  code: `import ${svix ? 'com.svix' : 'com.standardwebhooks'}.Webhook;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;

@RestController
class WebhookController {
  private final Webhook webhook;

  WebhookController() throws Exception {
    webhook = new Webhook(System.getenv("WEBHOOK_SECRET")); // whsec_…
  }

  // The body as bytes, not as an object: it is verified as it was signed.
  @PostMapping("/webhooks")
  ResponseEntity<Void> receive(
      @RequestBody byte[] body,
      @RequestHeader("${id}") String id,
      @RequestHeader("${timestamp}") String timestamp,
      @RequestHeader("${signature}") String signature) {
    var headers = HttpHeaders.of(Map.of(
        "${id}", List.of(id),
        "${timestamp}", List.of(timestamp),
        "${signature}", List.of(signature)), (name, value) -> true);
    try {
      webhook.verify(new String(body, StandardCharsets.UTF_8), headers);
    } catch (Exception e) {
      return ResponseEntity.badRequest().build();
    }
    return ResponseEntity.noContent().build();
  }
}`,
});

const kotlin = ({ id, timestamp, signature, svix }: Names): Snippet => ({
  language: 'Kotlin',
  install: svix
    ? 'implementation("com.svix.kotlin:svix-kotlin:1.+")'
    : 'implementation("com.standardwebhooks:standardwebhooks:1.+")',
  code: `import ${svix ? 'com.svix.kotlin' : 'com.standardwebhooks'}.Webhook
import io.ktor.http.*
import io.ktor.server.application.*
import io.ktor.server.engine.*
import io.ktor.server.netty.*
import io.ktor.server.request.*
import io.ktor.server.response.*
import io.ktor.server.routing.*
import java.net.http.HttpHeaders

val webhook = Webhook(System.getenv("WEBHOOK_SECRET")) // whsec_…

fun main() {
    embeddedServer(Netty, port = 3000) {
        routing {
            post("/webhooks") {
                // The text that was signed. Do not use receive<T>() before.
                val body = call.receiveText()
                val names = listOf("${id}", "${timestamp}", "${signature}")
                val headers = HttpHeaders.of(
                    names.associateWith { listOf(call.request.headers[it] ?: "") },
                ) { _, _ -> true }
                val verified = runCatching { webhook.verify(body, headers) }.isSuccess
                call.respond(if (verified) HttpStatusCode.NoContent else HttpStatusCode.BadRequest)
            }
        }
    }.start(wait = true)
}`,
});

const ruby = ({ id, timestamp, signature, svix }: Names): Snippet => ({
  language: 'Ruby',
  install: svix ? 'gem install svix sinatra' : 'gem install standardwebhooks sinatra',
  code: `require "sinatra"
require "${svix ? 'svix' : 'standardwebhooks'}"

WEBHOOK = ${svix ? 'Svix' : 'StandardWebhooks'}::Webhook.new(ENV.fetch("WEBHOOK_SECRET")) # whsec_…

post "/webhooks" do
  # The bytes that were signed. Do not parse the body before.
  body = request.body.read
  headers = {
    "${id}" => request.env["HTTP_${rack(id)}"],
    "${timestamp}" => request.env["HTTP_${rack(timestamp)}"],
    "${signature}" => request.env["HTTP_${rack(signature)}"]
  }
  begin
    event = WEBHOOK.verify(body, headers)
    logger.info(event)
    status 204
  rescue ${svix ? 'Svix' : 'StandardWebhooks'}::WebhookVerificationError
    status 400
  end
end`,
});

const rack = (name: string): string => name.toUpperCase().replaceAll('-', '_');

const php = ({ id, timestamp, signature, svix }: Names): Snippet => ({
  language: 'PHP',
  install: svix ? 'composer require svix/svix' : 'composer require standard-webhooks/standard-webhooks',
  code: `<?php
require __DIR__ . '/vendor/autoload.php';

$webhook = new \\${svix ? 'Svix' : 'StandardWebhooks'}\\Webhook(getenv('WEBHOOK_SECRET')); // whsec_…

// The bytes that were signed. Do not use $_POST.
$body = file_get_contents('php://input');
$headers = [
    '${id}' => $_SERVER['HTTP_${rack(id)}'] ?? '',
    '${timestamp}' => $_SERVER['HTTP_${rack(timestamp)}'] ?? '',
    '${signature}' => $_SERVER['HTTP_${rack(signature)}'] ?? '',
];
try {
    $event = $webhook->verify($body, $headers);
    error_log(json_encode($event));
    http_response_code(204);
} catch (\\Exception $e) {
    http_response_code(400);
}`,
});

const csharp = ({ id, timestamp, signature, svix }: Names): Snippet => ({
  language: 'C#',
  install: svix ? 'dotnet add package Svix' : 'dotnet add package StandardWebhooks',
  code: `using System.Net;
using ${svix ? 'Svix' : 'StandardWebhooks'};

var webhook = new Webhook(Environment.GetEnvironmentVariable("WEBHOOK_SECRET")!); // whsec_…
var app = WebApplication.CreateBuilder(args).Build();

app.MapPost("/webhooks", async (HttpRequest request) =>
{
    // The text that was signed. Do not bind the body to an object before.
    var body = await new StreamReader(request.Body).ReadToEndAsync();
    var headers = new WebHeaderCollection
    {
        { "${id}", request.Headers["${id}"].ToString() },
        { "${timestamp}", request.Headers["${timestamp}"].ToString() },
        { "${signature}", request.Headers["${signature}"].ToString() },
    };
    try
    {
        webhook.Verify(body, headers);
    }
    catch (Exception)
    {
        return Results.BadRequest();
    }
    return Results.NoContent();
});

app.Run();`,
});

// The Elixir library prints the payload again before it verifies, so this one does without it.
const elixir = ({ id, timestamp, signature }: Names): Snippet => ({
  language: 'Elixir',
  install: null,
  code: `defmodule WebhookVerifier do
  @tolerance 300

  # \`body\` are the bytes of Plug.Conn.read_body/2, before any parser.
  def verify(conn, body, "whsec_" <> secret) do
    with [id] <- Plug.Conn.get_req_header(conn, "${id}"),
         [timestamp] <- Plug.Conn.get_req_header(conn, "${timestamp}"),
         [signatures] <- Plug.Conn.get_req_header(conn, "${signature}"),
         {seconds, ""} <- Integer.parse(timestamp),
         true <- abs(System.system_time(:second) - seconds) <= @tolerance do
      key = Base.decode64!(secret)
      mac = :crypto.mac(:hmac, :sha256, key, "#{id}.#{timestamp}.#{body}")
      expected = "v1," <> Base.encode64(mac)

      signatures
      |> String.split(" ")
      |> Enum.any?(&Plug.Crypto.secure_compare(&1, expected))
    else
      _ -> false
    end
  end
end

# WebhookVerifier.verify(conn, body, System.fetch_env!("WEBHOOK_SECRET"))`,
});

const shell = ({ id, timestamp, signature }: Names): Snippet => ({
  language: 'Shell',
  install: null,
  code: `#!/bin/sh
# Checks a request by hand. WEBHOOK_SECRET is whsec_…, body.json has the body byte for byte.
ID='<${id}>'
TIMESTAMP='<${timestamp}>'
SIGNATURE='<${signature}>'

key=$(printf '%s' "\${WEBHOOK_SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')
expected=$({ printf '%s.%s.' "$ID" "$TIMESTAMP"; cat body.json; } |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)

for signature in $SIGNATURE; do
  [ "$signature" = "v1,$expected" ] && echo 'The signature matches' && exit 0
done
echo 'No signature matches'
exit 1`,
});

/** The snippets for receivers of these headers. */
export const snippetsFor = (family: Family): readonly Snippet[] => {
  const names: Names = {
    id: `${family}-id`,
    timestamp: `${family}-timestamp`,
    signature: `${family}-signature`,
    svix: family === 'svix',
  };
  return [javascript, python, go, rust, java, kotlin, ruby, php, csharp, elixir, shell].map((make) =>
    make(names),
  );
};
