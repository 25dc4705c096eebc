// Generated from the OpenAPI document; renew with `npm run portal:schema`.

export interface paths {
    "/api/v1/app/{app_id}": {
        parameters: {
        };
        /** Get an application */
        get: operations["v1.application.get"];
    };
    "/api/v1/app/{app_id}/attempt/endpoint/{endpoint_id}": {
        parameters: {
        };
        /** List the attempts at an endpoint, newest first */
        get: operations["v1.message-attempt.list-by-endpoint"];
    };
    "/api/v1/app/{app_id}/attempt/msg/{msg_id}": {
        parameters: {
        };
        /** List the attempts for a message, newest first */
        get: operations["v1.message-attempt.list-by-msg"];
    };
    "/api/v1/app/{app_id}/background-task": {
        parameters: {
        };
        /** List the background tasks of an application of the past 90 days */
        get: operations["v1.background-task.list-by-application"];
    };
    "/api/v1/app/{app_id}/endpoint": {
        parameters: {
        };
        /** List the endpoints of an application */
        get: operations["v1.endpoint.list"];
        /** Create an endpoint */
        post: operations["v1.endpoint.create"];
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}": {
        parameters: {
        };
        /** Get an endpoint */
        get: operations["v1.endpoint.get"];
        /** Replace an endpoint, or create one under a new id */
        put: operations["v1.endpoint.update"];
        /** Delete an endpoint */
        delete: operations["v1.endpoint.delete"];
        /** Change parts of an endpoint */
        patch: operations["patch_endpoint"];
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/attempt-stats": {
        parameters: {
        };
        /** Count the attempts at an endpoint in whole hours */
        get: operations["v1.endpoint.get-attempt-stats"];
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/bulk-replay": {
        parameters: {
        };
        /** Resend the messages of a period that match the filters */
        post: operations["v1.endpoint.bulk-replay"];
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/failures": {
        parameters: {
        };
        /** Count the failed attempts at an endpoint by cause and hour */
        get: operations["v1.endpoint.failures"];
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/headers": {
        parameters: {
        };
        /** Get the headers that an endpoint’s messages are sent with */
        get: operations["v1.endpoint.get-headers"];
        /** Replace all headers of an endpoint */
        put: operations["v1.endpoint.update-headers"];
        /** Set some headers of an endpoint and remove others */
        patch: operations["v1.endpoint.patch-headers"];
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/msg": {
        parameters: {
        };
        /** List the messages that an endpoint was sent, each with its latest state, newest first */
        get: operations["v1.message-attempt.list-attempted-messages"];
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/off-spans": {
        parameters: {
        };
        /** List the last times in which an endpoint was disabled, newest first, and what it missed in each */
        get: operations["v1.endpoint.off-spans"];
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/recover": {
        parameters: {
        };
        /** Resend the failed messages of a period */
        post: operations["v1.endpoint.recover"];
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/replay-missing": {
        parameters: {
        };
        /** Send the messages of a period that were never attempted at the endpoint */
        post: operations["v1.endpoint.replay-missing"];
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/secret": {
        parameters: {
        };
        /** Get the key with which receivers verify signatures */
        get: operations["v1.endpoint.get-secret"];
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/secret/rotate": {
        parameters: {
        };
        /** Rotate the signing secret; the old one also signs during the grace period */
        post: operations["v1.endpoint.rotate-secret"];
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/send-example": {
        parameters: {
        };
        /** Send an example of an event type to one endpoint */
        post: operations["v1.endpoint.send-example"];
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/stats": {
        parameters: {
        };
        /** Count the attempts at an endpoint by outcome */
        get: operations["v1.endpoint.get-stats"];
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/test-attempt": {
        parameters: {
        };
        /** Send one request to an endpoint and return what came back; nothing is recorded */
        post: operations["v1.endpoint.test-attempt"];
    };
    "/api/v1/app/{app_id}/failures": {
        parameters: {
        };
        /** Count the failed attempts at the endpoints of an application by cause and hour, page by page */
        get: operations["v1.application.failures"];
    };
    "/api/v1/app/{app_id}/msg": {
        parameters: {
        };
        /** List the messages of an application, newest first */
        get: operations["v1.message.list"];
    };
    "/api/v1/app/{app_id}/msg/{msg_id}": {
        parameters: {
        };
        /** Get a message by its id or eventId */
        get: operations["v1.message.get"];
    };
    "/api/v1/app/{app_id}/msg/{msg_id}/attempt/{attempt_id}": {
        parameters: {
        };
        /** Get an attempt */
        get: operations["v1.message-attempt.get"];
    };
    "/api/v1/app/{app_id}/msg/{msg_id}/endpoint": {
        parameters: {
        };
        /** List the endpoints that a message was sent to, deleted ones too, each with its latest attempt */
        get: operations["v1.message-attempt.list-attempted-destinations"];
    };
    "/api/v1/app/{app_id}/msg/{msg_id}/endpoint/{endpoint_id}/resend": {
        parameters: {
        };
        /** Resend a message to an endpoint, regardless of the endpoint’s filters */
        post: operations["v1.message-attempt.resend"];
    };
    "/api/v1/app/{app_id}/msg/search": {
        parameters: {
        };
        /** List messages by tag, channel, event types and time, with the filters in the body */
        post: operations["v1.message.search"];
    };
    "/api/v1/app/{app_id}/portal-settings": {
        parameters: {
        };
        /** Get how the portal looks, as the portal itself reads it */
        get: operations["v1.portal-settings.get-in-application"];
    };
    "/api/v1/auth/logout": {
        parameters: {
        };
        /** End the application token that the request is made with */
        post: operations["v1.authentication.logout"];
    };
    "/api/v1/auth/one-time-token": {
        parameters: {
        };
        /** Exchange the key of a link to the portal for a token, once */
        post: operations["v1.authentication.one-time-token"];
    };
    "/api/v1/auth/whoami": {
        parameters: {
        };
        /** Get whose token this is, what it may do and when it expires */
        get: operations["v1.authentication.whoami"];
    };
    "/api/v1/background-task/{task_id}": {
        parameters: {
        };
        /** Get a background task with its progress */
        get: operations["v1.background-task.get"];
    };
    "/api/v1/background-task/{task_id}/cancel": {
        parameters: {
        };
        /** Cancel a running task; messages that it queued already, those of at most five seconds, are still sent */
        post: operations["v1.background-task.cancel"];
    };
    "/api/v1/event-type": {
        parameters: {
        };
        /** List event types in the order of their names */
        get: operations["v1.event-type.list"];
    };
    "/api/v1/event-type/{event_type_name}": {
        parameters: {
        };
        /** Get an event type, archived or not */
        get: operations["v1.event-type.get"];
    };
    "/api/v1/health": {
        parameters: {
        };
        /** Check the database, the queue and the cache */
        get: operations["v1.health.get"];
    };
    "/api/v1/health/ping": {
        parameters: {
        };
        /** Check that the API responds, without its dependencies */
        get: operations["v1.health.ping"];
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ApplicationFailuresOut: {
            /** @description Canceled deliveries */
            canceled: number;
            /** @description The most frequent first */
            causes: components["schemas"]["CauseCountOut"][];
            /** @description `false`: there are more than were counted */
            complete: boolean;
            done: boolean;
            /** @description Endpoints with failures, most first */
            endpoints: components["schemas"]["EndpointFailureCountOut"][];
            /** @description Failed attempts */
            failed: number;
            /** @description Hours with failures, oldest first */
            hours: components["schemas"]["FailureHourOut"][];
            /** @description Where the next page of endpoints begins */
            iterator: string | null;
            /** Format: date-time */
            since: string;
            /** Format: date-time */
            until: string;
        };
        ApplicationOut: {
            /** Format: date-time */
            createdAt: string;
            /** @example app_1srOrx2ZWZBpBUvZwXKQmoEYga2 */
            id: string;
            metadata: {
                [key: string]: string;
            };
            name: string;
            /** @deprecated */
            rateLimit?: number;
            throttleRate: number | null;
            uid?: string;
            /** Format: date-time */
            updatedAt: string;
        };
        AttemptDetailsOut: {
            /** @description null after a success */
            cause: components["schemas"]["CauseOut"] | null;
            /**
             * @description What followed from the attempt
             * @enum {string}
             */
            decision: "succeeded" | "retry" | "exhausted" | "gone" | "manual-failed" | "canceled";
            /** @description Milliseconds */
            durationMs: number;
            /**
             * Format: date-time
             * @description When the retry after it is or was due; null: none
             */
            nextAttemptAt: string | null;
            /** @description null if they were not stored */
            phases: components["schemas"]["ConnectPhasesOut"] | null;
            /** @description What the receiver asked for */
            receiverRequests: string[];
            /** @description null for a canceled delivery */
            request: components["schemas"]["AttemptRequestOut"] | null;
            /** @description null if no response arrived */
            response: components["schemas"]["AttemptResponseOut"] | null;
            trigger: components["schemas"]["AttemptTriggerOut"];
        };
        AttemptRequestOut: {
            /** @description false: the endpoint was changed since, and the headers are those that it has now */
            asSent: boolean;
            headers: components["schemas"]["HeaderOut"][];
            /** @constant */
            method: "POST";
            url: string;
        };
        AttemptResponseOut: {
            headers: components["schemas"]["HeaderOut"][];
            /** @description true: some headers were not stored */
            truncated: boolean;
        };
        AttemptTriggerOut: {
            /** @enum {string} */
            kind: "scheduled" | "manual";
            /** @description The attempt number; null for a resend */
            number: number | null;
            /** @description Of a schedule that replay-missing started */
            replayed: boolean;
        };
        BackgroundTaskData: {
            appId?: string;
            /** @description Of `application.stats`, when it is finished: attempts that were sent, by application */
            appStats?: Record<string, unknown>[];
            /** @description Of a task that sends messages */
            endpointId?: string;
            /** @description Of `event-type.aggregate`, when it is finished: event types that endpoints subscribe to, by application */
            event_types?: Record<string, unknown>[];
            /** @description Messages whose contents were erased so far */
            messagesPurged?: number;
            /** @description Messages queued so far */
            messagesSent?: number;
            /** @description The processed share of the period, 0 to 1 */
            progress: number;
            /** @description The most messages a second */
            rate?: number;
            /** @description Why the task failed; `cancelled` if a client cancelled it */
            reason?: string;
            /** Format: date-time */
            since: string;
            /** Format: date-time */
            until: string;
        };
        BackgroundTaskOut: {
            data: components["schemas"]["BackgroundTaskData"];
            /** @example qtask_1srOrx2ZWZBpBUvZwXKQmoEYga2 */
            id: string;
            /** @enum {string} */
            status: "running" | "finished" | "failed";
            /** @enum {string} */
            task: "endpoint.replay" | "endpoint.recover" | "application.stats" | "message.broadcast" | "sdk.generate" | "event-type.aggregate" | "application.purge_content" | "endpoint.bulk-replay";
            /** Format: date-time */
            updatedAt: string;
        };
        BulkReplayIn: {
            /** @description Only messages whose latest attempt failed for one of these causes */
            causes?: ("dns_not_found" | "dns_failed" | "address_blocked" | "connection_refused" | "connection_unreachable" | "timeout_dns" | "timeout_connect" | "timeout_tls" | "timeout_response" | "tls_expired" | "tls_not_yet_valid" | "tls_self_signed" | "tls_hostname_mismatch" | "tls_unknown_authority" | "tls_certificate_invalid" | "tls_handshake_failed" | "connection_reset" | "connection_closed" | "protocol_error" | "header_too_large" | "request_unsendable" | "redirect" | "gone" | "status_4xx" | "status_5xx" | "status_unexpected" | "canceled:payload_expired" | "canceled:payload_expunged" | "canceled:endpoint_disabled" | "canceled:endpoint_deleted" | "canceled:filters_changed" | "canceled:message_deleted" | "canceled:message_canceled" | "canceled:application_deleted")[] | null;
            channel?: string | null;
            eventTypes?: string[] | null;
            /** Format: date-time */
            since: string;
            status?: number | null;
            statusCodeClass?: number | null;
            tag?: string | null;
            /** @description Now if omitted */
            until?: string | null;
        };
        BulkReplayOut: {
            /** @example qtask_1srOrx2ZWZBpBUvZwXKQmoEYga2 */
            id: string;
            /** @enum {string} */
            status: "running" | "finished" | "failed";
            /** @enum {string} */
            task: "endpoint.replay" | "endpoint.recover" | "application.stats" | "message.broadcast" | "sdk.generate" | "event-type.aggregate" | "application.purge_content" | "endpoint.bulk-replay";
            /** Format: date-time */
            updatedAt: string;
        };
        CauseCountOut: {
            /** @description What to do about it; may be empty */
            advice: string;
            /**
             * @example timeout_response
             * @example canceled:endpoint_disabled
             */
            code: string;
            count: number;
            /** @description What happened */
            sentence: string;
        };
        CauseOut: {
            /** @description What to do about it; may be empty */
            advice: string;
            /**
             * @example timeout_response
             * @example canceled:endpoint_disabled
             */
            code: string;
            /** @description What happened */
            sentence: string;
        };
        /** @description Phases of connecting; one that was not reached is absent */
        ConnectPhasesOut: {
            /** @description Milliseconds */
            connectMs?: number;
            /** @description Milliseconds */
            dnsMs?: number;
            /** @description Milliseconds */
            tlsMs?: number;
        };
        EmptyResponse: Record<string, unknown>;
        EndpointAttemptStats: {
            canceled: number;
            fail: number;
            success: number;
        };
        EndpointFailureCountOut: {
            canceled: number;
            endpointId: string;
            failed: number;
        };
        EndpointFailuresOut: {
            /** @description Canceled deliveries */
            canceled: number;
            /** @description The most frequent first */
            causes: components["schemas"]["CauseCountOut"][];
            /** @description `false`: there are more than were counted */
            complete: boolean;
            /** @description Failed attempts */
            failed: number;
            /** @description Hours with failures, oldest first */
            hours: components["schemas"]["FailureHourOut"][];
            /** Format: date-time */
            since: string;
            /** Format: date-time */
            until: string;
        };
        EndpointHeadersIn: {
            headers: {
                [key: string]: string;
            };
        };
        EndpointHeadersOut: {
            headers: {
                [key: string]: string;
            };
            sensitive: string[];
        };
        EndpointHeadersPatchIn: {
            /** @description Names of headers to remove; a header that is set in the same request stays */
            deleteHeaders?: string[] | null;
            headers: {
                [key: string]: string | null;
            };
        };
        EndpointIn: {
            channels?: string[] | null;
            /** @default  */
            description: string;
            /** @default false */
            disabled: boolean;
            eventTypes?: string[] | null;
            /** @description Sent with every message, besides the signature */
            headers?: {
                [key: string]: string;
            } | null;
            metadata?: {
                [key: string]: string;
            } | null;
            rateLimit?: number | null;
            secret?: string | null;
            throttleRate?: number | null;
            uid?: string | null;
            /** Format: uri */
            url: string;
            version?: number | null;
        };
        EndpointMessageOut: {
            /**
             * Format: date-time
             * @description When it was canceled before its deliverAt
             */
            canceledAt?: string;
            channels: string[] | null;
            /** Format: date-time */
            deliverAt?: string;
            eventId: string | null;
            eventType: string;
            /** @example msg_1srOrx2ZWZBpBUvZwXKQmoEYga2 */
            id: string;
            /** Format: date-time */
            nextAttempt?: string;
            payload: Record<string, unknown>;
            /** @description 0 success, 1 pending, 2 fail, 3 sending, 4 canceled */
            status: number;
            /** @enum {string} */
            statusText: "success" | "fail" | "sending" | "canceled";
            readonly tags?: string[];
            /** Format: date-time */
            timestamp: string;
        };
        EndpointOut: {
            channels: string[] | null;
            /** Format: date-time */
            createdAt: string;
            description: string;
            disabled: boolean;
            eventTypes: string[] | null;
            /** @deprecated */
            filterTypes: string[] | null;
            /** @example ep_1srOrx2ZWZBpBUvZwXKQmoEYga2 */
            id: string;
            metadata: {
                [key: string]: string;
            };
            /** @deprecated */
            rateLimit: number | null;
            throttleRate: number | null;
            uid: string | null;
            /** Format: date-time */
            updatedAt: string;
            url: string;
            /** @deprecated */
            version: number;
        };
        EndpointPatch: {
            channels?: string[] | null;
            description?: string;
            disabled?: boolean;
            eventTypes?: string[] | null;
            metadata?: {
                [key: string]: string;
            } | null;
            rateLimit?: number | null;
            throttleRate?: number | null;
            uid?: string | null;
            /** Format: uri */
            url?: string;
            /**
             * @deprecated
             * @description Ignored, but kept for old clients
             */
            version?: number;
        };
        EndpointSecretOut: {
            key: string;
        };
        EndpointSecretRotateIn: {
            gracePeriodSeconds?: number | null;
            /** @description A new key is generated if omitted */
            key?: string | null;
        };
        EndpointStats: {
            canceled: number;
            fail: number;
            pending: number;
            sending: number;
            success: number;
        };
        EndpointUpdate: {
            channels?: string[] | null;
            /** @default  */
            description: string;
            /** @default false */
            disabled: boolean;
            eventTypes?: string[] | null;
            metadata?: {
                [key: string]: string;
            } | null;
            rateLimit?: number | null;
            throttleRate?: number | null;
            uid?: string | null;
            /** Format: uri */
            url: string;
            version?: number | null;
        };
        EventExampleIn: {
            /** @example user.signup */
            eventType: string;
            /** @description Index of the example in version 1 of the schema; the first one if omitted */
            exampleIndex?: number | null;
            /** @description Sent instead of an example of the schema */
            payload?: Record<string, unknown> | null;
        };
        EventTypeOut: {
            archived: boolean;
            /** Format: date-time */
            createdAt: string;
            deprecated: boolean;
            description: string;
            featureFlag: string | null;
            readonly featureFlags?: string[];
            groupName?: string;
            name: string;
            schemas: {
                [key: string]: Record<string, unknown> | boolean;
            } | null;
            /** Format: date-time */
            updatedAt: string;
        };
        FailureHourOut: {
            /** @description Attempts by cause */
            causes: {
                [key: string]: number;
            };
            /**
             * Format: date-time
             * @description The first instant of the hour
             */
            hour: string;
        };
        HeaderOut: {
            name: string;
            /** @description null: not shown */
            value: string | null;
        };
        HealthOut: {
            cache: {
                /** @enum {string} */
                status: "ok" | "error";
            };
            database: {
                /** @enum {string} */
                status: "ok" | "error";
            };
            queue: {
                /** @enum {string} */
                status: "ok" | "error";
            };
        };
        HttpErrorOut: {
            code: string;
            detail: string;
        };
        HTTPValidationError: {
            detail: components["schemas"]["ValidationErrorItem"][];
        };
        ListResponse_BackgroundTaskOut_: {
            data: components["schemas"]["BackgroundTaskOut"][];
            done: boolean;
            iterator: string | null;
            prevIterator?: string | null;
        };
        ListResponse_EndpointMessageOut_: {
            data: components["schemas"]["EndpointMessageOut"][];
            done: boolean;
            iterator: string | null;
            prevIterator?: string | null;
        };
        ListResponse_EndpointOut_: {
            data: components["schemas"]["EndpointOut"][];
            done: boolean;
            iterator: string | null;
            prevIterator?: string | null;
        };
        ListResponse_EventTypeOut_: {
            data: components["schemas"]["EventTypeOut"][];
            done: boolean;
            iterator: string | null;
            prevIterator?: string | null;
        };
        ListResponse_MessageAttemptOut_: {
            data: components["schemas"]["MessageAttemptOut"][];
            done: boolean;
            iterator: string | null;
            prevIterator?: string | null;
        };
        ListResponse_MessageEndpointOut_: {
            data: components["schemas"]["MessageEndpointOut"][];
            done: boolean;
            iterator: string | null;
            prevIterator?: string | null;
        };
        ListResponse_MessageOut_: {
            data: components["schemas"]["MessageOut"][];
            done: boolean;
            iterator: string | null;
            prevIterator?: string | null;
        };
        MessageAttemptOut: {
            /** @description With `with_details=true` */
            details?: components["schemas"]["AttemptDetailsOut"];
            endpointId: string;
            /** @example atmpt_1srOrx2ZWZBpBUvZwXKQmoEYga2 */
            id: string;
            /** @description The message, with `with_msg=true` and while it exists */
            msg?: components["schemas"]["MessageOut"];
            msgId: string;
            response: string;
            responseDurationMs: number;
            responseStatusCode: number;
            /** @description 0 success, 1 pending, 2 fail, 3 sending, 4 canceled */
            status: number;
            /** @enum {string} */
            statusText: "success" | "fail" | "canceled";
            /** Format: date-time */
            timestamp: string;
            /** @description 0 scheduled, 1 manual */
            triggerType: number;
            url: string;
        };
        MessageEndpointOut: {
            channels: string[] | null;
            /** Format: date-time */
            createdAt: string;
            description: string;
            disabled: boolean;
            eventTypes: string[] | null;
            /** @deprecated */
            filterTypes: string[] | null;
            /** @example ep_1srOrx2ZWZBpBUvZwXKQmoEYga2 */
            id: string;
            nextAttempt: string | null;
            /** @deprecated */
            rateLimit: number | null;
            /** @description 0 success, 1 pending, 2 fail, 3 sending, 4 canceled */
            status: number;
            /** @enum {string} */
            statusText: "success" | "fail" | "sending" | "canceled";
            throttleRate: number | null;
            uid: string | null;
            /** Format: date-time */
            updatedAt: string;
            url: string;
            /** @deprecated */
            version: number;
        };
        MessageOut: {
            /**
             * Format: date-time
             * @description When it was canceled before its deliverAt
             */
            canceledAt?: string;
            channels: string[] | null;
            /** Format: date-time */
            deliverAt?: string;
            eventId: string | null;
            eventType: string;
            /** @example msg_1srOrx2ZWZBpBUvZwXKQmoEYga2 */
            id: string;
            payload: Record<string, unknown>;
            readonly tags?: string[];
            /** Format: date-time */
            timestamp: string;
        };
        MessageSearchIn: {
            /** @description Only items created after this instant */
            after?: string | null;
            /** @description Only items created before this instant */
            before?: string | null;
            channel?: string | null;
            event_types?: string[] | null;
            /** @description The iterator returned from a prior invocation */
            iterator?: string | null;
            /** @default 50 */
            limit: number;
            tag?: string | null;
            /**
             * @description `true`: with contents
             * @default false
             */
            with_content: boolean;
        };
        /** @description With `count=true` */
        MissedMessagesOut: {
            /** @description `false`: there are more than were counted in time */
            complete: boolean;
            /** @description What replay-missing would send now */
            messages: number;
            /**
             * Format: date-time
             * @description Where replay-missing starts: a little before the endpoint was disabled
             */
            since: string;
        };
        OffSpanOut: {
            missed?: components["schemas"]["MissedMessagesOut"];
            /** @enum {string} */
            reason: "owner" | "failing" | "gone" | "receiver";
            /** Format: date-time */
            since: string;
            /** @description null: it is off now */
            until: string | null;
        };
        OffSpansOut: {
            data: components["schemas"]["OffSpanOut"][];
        };
        OneTimeTokenIn: {
            oneTimeToken: string;
        };
        OneTimeTokenOut: {
            capabilities: ("ViewBase" | "ViewEndpointSecret" | "ManageEndpointSecret" | "ManageTransformations" | "CreateAttempts" | "ManageEndpoint")[];
            token: string;
        };
        PortalPaletteOut: {
            backgroundHover: string | null;
            backgroundPrimary: string | null;
            backgroundSecondary: string | null;
            borderPrimary: string | null;
            buttonPrimary: string | null;
            interactiveAccent: string | null;
            navigationAccent: string | null;
            primary: string | null;
            textDanger: string | null;
            textPrimary: string | null;
            textSecondary: string | null;
        };
        PortalSettingsOut: {
            colorPaletteDark: components["schemas"]["PortalPaletteOut"] | null;
            colorPaletteLight: components["schemas"]["PortalPaletteOut"] | null;
            customFontFamily: string | null;
            customLogoUrl: string | null;
            customStringsOverride: {
                channelsHelp: string | null;
                channelsMany: string | null;
                channelsOne: string | null;
            } | null;
            customThemeOverride: {
                borderRadius: {
                    button: ("none" | "sm" | "md" | "lg" | "full") | null;
                    card: ("none" | "sm" | "md" | "lg" | "full") | null;
                    input: ("none" | "sm" | "md" | "lg" | "full") | null;
                };
                fontSize: {
                    base: number | null;
                };
            } | null;
            displayName: string | null;
            enableChannels: boolean;
            enableMessageTags: boolean;
            logoUrl: string | null;
            showFeatureTooltips: boolean;
            showSvixBrandFooter: boolean;
        };
        RecoverIn: {
            /** @description Only messages whose latest attempt failed for one of these causes */
            causes?: ("dns_not_found" | "dns_failed" | "address_blocked" | "connection_refused" | "connection_unreachable" | "timeout_dns" | "timeout_connect" | "timeout_tls" | "timeout_response" | "tls_expired" | "tls_not_yet_valid" | "tls_self_signed" | "tls_hostname_mismatch" | "tls_unknown_authority" | "tls_certificate_invalid" | "tls_handshake_failed" | "connection_reset" | "connection_closed" | "protocol_error" | "header_too_large" | "request_unsendable" | "redirect" | "gone" | "status_4xx" | "status_5xx" | "status_unexpected" | "canceled:payload_expired" | "canceled:payload_expunged" | "canceled:endpoint_disabled" | "canceled:endpoint_deleted" | "canceled:filters_changed" | "canceled:message_deleted" | "canceled:message_canceled" | "canceled:application_deleted")[] | null;
            /** Format: date-time */
            since: string;
            /** @description Now if omitted */
            until?: string | null;
        };
        RecoverOut: {
            /** @example qtask_1srOrx2ZWZBpBUvZwXKQmoEYga2 */
            id: string;
            /** @enum {string} */
            status: "running" | "finished" | "failed";
            /** @enum {string} */
            task: "endpoint.replay" | "endpoint.recover" | "application.stats" | "message.broadcast" | "sdk.generate" | "event-type.aggregate" | "application.purge_content" | "endpoint.bulk-replay";
            /** Format: date-time */
            updatedAt: string;
        };
        ReplayEstimateOut: {
            /** @description `false`: there are more messages than were counted in time */
            complete: boolean;
            /** @description Messages that would be sent */
            messages: number;
            /** @description The most messages a second */
            rate: number;
            /** @description How long sending them takes at the rate */
            seconds: number;
            /** Format: date-time */
            since: string;
            /** @enum {string} */
            task: "endpoint.replay" | "endpoint.recover" | "application.stats" | "message.broadcast" | "sdk.generate" | "event-type.aggregate" | "application.purge_content" | "endpoint.bulk-replay";
            /** Format: date-time */
            until: string;
        };
        ReplayIn: {
            /** @description A little before the endpoint was last disabled, if omitted, for messages that were in flight */
            since?: string | null;
            /** @description Now if omitted */
            until?: string | null;
        };
        ReplayOut: {
            /** @example qtask_1srOrx2ZWZBpBUvZwXKQmoEYga2 */
            id: string;
            /** @enum {string} */
            status: "running" | "finished" | "failed";
            /** @enum {string} */
            task: "endpoint.replay" | "endpoint.recover" | "application.stats" | "message.broadcast" | "sdk.generate" | "event-type.aggregate" | "application.purge_content" | "endpoint.bulk-replay";
            /** Format: date-time */
            updatedAt: string;
        };
        TestAttemptIn: {
            /** @description `svix.ping` if omitted */
            eventType?: string | null;
            /** @description Index of the example in version 1 of the schema; the first one if omitted */
            exampleIndex?: number | null;
            /** @description Sent instead of an example of the schema */
            payload?: Record<string, unknown> | null;
        };
        TestAttemptOut: {
            /** @description null after a success */
            cause: components["schemas"]["CauseOut"] | null;
            durationMs: number;
            /** @description The id that was sent; no message has it */
            messageId: string;
            /** @description null if a connection was reused */
            phases: components["schemas"]["ConnectPhasesOut"] | null;
            request: components["schemas"]["TestRequestOut"];
            response: components["schemas"]["TestResponseOut"];
            succeeded: boolean;
            /** @description The time limit of this request */
            timeoutMs: number;
            /** Format: date-time */
            timestamp: string;
        };
        TestRequestOut: {
            body: string;
            /** @description Cut off after 100000 characters */
            bodyTruncated: boolean;
            headers: components["schemas"]["HeaderOut"][];
            /** @constant */
            method: "POST";
            url: string;
        };
        /** @description null if none arrived */
        TestResponseOut: {
            /** @description The first 20,000 bytes */
            body: string;
            headers: components["schemas"]["HeaderOut"][];
            statusCode: number;
            /** @description true: some headers are left out */
            truncated: boolean;
        } | null;
        ValidationErrorItem: {
            loc: string[];
            msg: string;
            type: string;
        };
        WhoamiOut: {
            /** @description null: the token is one of the organization */
            appId: string | null;
            capabilities: ("ViewBase" | "ViewEndpointSecret" | "ManageEndpointSecret" | "ManageTransformations" | "CreateAttempts" | "ManageEndpoint")[];
            /** @description The organization, by its name in newer clients */
            envId: string;
            expiresAt: string | null;
            featureFlags: string[];
            orgId: string;
            /** @constant */
            permissionSource: "SvixJwt";
            sessionId: string | null;
            /** @description The id by which the token can be revoked */
            tokenId: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "v1.application.get": {
        parameters: {
            path: {
                app_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationOut"];
                };
            };
        };
    };
    "v1.message-attempt.list-by-endpoint": {
        parameters: {
            query?: {
                /** @description Only items created after this instant */
                after?: string;
                /** @description Only items created before this instant */
                before?: string;
                /** @description Only attempts with one of these causes */
                cause?: ("dns_not_found" | "dns_failed" | "address_blocked" | "connection_refused" | "connection_unreachable" | "timeout_dns" | "timeout_connect" | "timeout_tls" | "timeout_response" | "tls_expired" | "tls_not_yet_valid" | "tls_self_signed" | "tls_hostname_mismatch" | "tls_unknown_authority" | "tls_certificate_invalid" | "tls_handshake_failed" | "connection_reset" | "connection_closed" | "protocol_error" | "header_too_large" | "request_unsendable" | "redirect" | "gone" | "status_4xx" | "status_5xx" | "status_unexpected" | "canceled:payload_expired" | "canceled:payload_expunged" | "canceled:endpoint_disabled" | "canceled:endpoint_deleted" | "canceled:filters_changed" | "canceled:message_deleted" | "canceled:message_canceled" | "canceled:application_deleted")[];
                channel?: string;
                event_types?: string[];
                /** @description Prints status 4 and `canceled` where nothing was sent; otherwise 2 and `fail` */
                expanded_statuses?: boolean;
                /** @description The iterator returned from a prior invocation */
                iterator?: string;
                /** @description Limit the number of returned items */
                limit?: number;
                /** @description Only attempts of this message, by id or eventId */
                msg_id?: string;
                status?: number;
                status_code_class?: number;
                /** @description Only items with this tag */
                tag?: string;
                /** @description `false`: without contents */
                with_content?: boolean;
                /** @description Each attempt with its cause, request, response headers and what followed, in `details` */
                with_details?: boolean;
                /** @description Each attempt with its message, in `msg` */
                with_msg?: boolean;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_MessageAttemptOut_"];
                };
            };
        };
    };
    "v1.message-attempt.list-by-msg": {
        parameters: {
            query?: {
                /** @description Only items created after this instant */
                after?: string;
                /** @description Only items created before this instant */
                before?: string;
                /** @description Only attempts with one of these causes */
                cause?: ("dns_not_found" | "dns_failed" | "address_blocked" | "connection_refused" | "connection_unreachable" | "timeout_dns" | "timeout_connect" | "timeout_tls" | "timeout_response" | "tls_expired" | "tls_not_yet_valid" | "tls_self_signed" | "tls_hostname_mismatch" | "tls_unknown_authority" | "tls_certificate_invalid" | "tls_handshake_failed" | "connection_reset" | "connection_closed" | "protocol_error" | "header_too_large" | "request_unsendable" | "redirect" | "gone" | "status_4xx" | "status_5xx" | "status_unexpected" | "canceled:payload_expired" | "canceled:payload_expunged" | "canceled:endpoint_disabled" | "canceled:endpoint_deleted" | "canceled:filters_changed" | "canceled:message_deleted" | "canceled:message_canceled" | "canceled:application_deleted")[];
                channel?: string;
                endpoint_id?: string;
                event_types?: string[];
                /** @description Prints status 4 and `canceled` where nothing was sent; otherwise 2 and `fail` */
                expanded_statuses?: boolean;
                /** @description The iterator returned from a prior invocation */
                iterator?: string;
                /** @description Limit the number of returned items */
                limit?: number;
                status?: number;
                status_code_class?: number;
                /** @description Only items with this tag */
                tag?: string;
                /** @description `false`: without contents */
                with_content?: boolean;
                /** @description Each attempt with its cause, request, response headers and what followed, in `details` */
                with_details?: boolean;
            };
            path: {
                app_id: string;
                msg_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_MessageAttemptOut_"];
                };
            };
        };
    };
    "v1.background-task.list-by-application": {
        parameters: {
            query?: {
                /** @description Only tasks of this endpoint, by id or uid */
                endpoint_id?: string;
                /** @description The iterator returned from a prior invocation */
                iterator?: string;
                /** @description Limit the number of returned items */
                limit?: number;
                /** @description The sorting order of the items */
                order?: "ascending" | "descending";
                status?: "running" | "finished" | "failed";
                task?: "endpoint.replay" | "endpoint.recover" | "application.stats" | "message.broadcast" | "sdk.generate" | "event-type.aggregate" | "application.purge_content" | "endpoint.bulk-replay";
            };
            path: {
                app_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_BackgroundTaskOut_"];
                };
            };
        };
    };
    "v1.endpoint.list": {
        parameters: {
            query?: {
                /** @description The iterator returned from a prior invocation */
                iterator?: string;
                /** @description Limit the number of returned items */
                limit?: number;
                /** @description The sorting order of the items */
                order?: "ascending" | "descending";
            };
            path: {
                app_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_EndpointOut_"];
                };
            };
        };
    };
    "v1.endpoint.create": {
        parameters: {
            header?: {
                /** @description Repeats with the same key get the response of the first request, with idempotency-replayed: true, and with idempotency-mismatch: true if their body differs. A blank key is ignored. */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointIn"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointOut"];
                };
            };
        };
    };
    "v1.endpoint.get": {
        parameters: {
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointOut"];
                };
            };
        };
    };
    "v1.endpoint.update": {
        parameters: {
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointUpdate"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointOut"];
                };
            };
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointOut"];
                };
            };
        };
    };
    "v1.endpoint.delete": {
        parameters: {
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description No content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    patch_endpoint: {
        parameters: {
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointPatch"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointOut"];
                };
            };
        };
    };
    "v1.endpoint.get-attempt-stats": {
        parameters: {
            query?: {
                /** @description From this instant on; 28 days before `until` if omitted */
                since?: string;
                /** @description Before this instant; now if omitted */
                until?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointAttemptStats"];
                };
            };
        };
    };
    "v1.endpoint.bulk-replay": {
        parameters: {
            query?: {
                /** @description Only counts the messages that would be sent (200) */
                dry_run?: boolean;
                /** @description The most messages a second; 50 if omitted */
                rate?: number;
            };
            header?: {
                /** @description Repeats with the same key get the response of the first request, with idempotency-replayed: true, and with idempotency-mismatch: true if their body differs. A blank key is ignored. */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkReplayIn"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayEstimateOut"];
                };
            };
            /** @description Done */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkReplayOut"];
                };
            };
        };
    };
    "v1.endpoint.failures": {
        parameters: {
            query?: {
                /** @description From this instant on; 24 hours before `until` if omitted */
                since?: string;
                /** @description Before this instant; now if omitted */
                until?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointFailuresOut"];
                };
            };
        };
    };
    "v1.endpoint.get-headers": {
        parameters: {
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointHeadersOut"];
                };
            };
        };
    };
    "v1.endpoint.update-headers": {
        parameters: {
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointHeadersIn"];
            };
        };
        responses: {
            /** @description No content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "v1.endpoint.patch-headers": {
        parameters: {
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointHeadersPatchIn"];
            };
        };
        responses: {
            /** @description No content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "v1.message-attempt.list-attempted-messages": {
        parameters: {
            query?: {
                /** @description Only items created after this instant */
                after?: string;
                /** @description Only items created before this instant */
                before?: string;
                /** @description Only attempts with one of these causes */
                cause?: ("dns_not_found" | "dns_failed" | "address_blocked" | "connection_refused" | "connection_unreachable" | "timeout_dns" | "timeout_connect" | "timeout_tls" | "timeout_response" | "tls_expired" | "tls_not_yet_valid" | "tls_self_signed" | "tls_hostname_mismatch" | "tls_unknown_authority" | "tls_certificate_invalid" | "tls_handshake_failed" | "connection_reset" | "connection_closed" | "protocol_error" | "header_too_large" | "request_unsendable" | "redirect" | "gone" | "status_4xx" | "status_5xx" | "status_unexpected" | "canceled:payload_expired" | "canceled:payload_expunged" | "canceled:endpoint_disabled" | "canceled:endpoint_deleted" | "canceled:filters_changed" | "canceled:message_deleted" | "canceled:message_canceled" | "canceled:application_deleted")[];
                channel?: string;
                event_types?: string[];
                /** @description Prints status 4 and `canceled` where nothing was sent; otherwise 2 and `fail` */
                expanded_statuses?: boolean;
                /** @description The iterator returned from a prior invocation */
                iterator?: string;
                /** @description Limit the number of returned items */
                limit?: number;
                /** @description Only attempts of this message, by id or eventId */
                msg_id?: string;
                status?: number;
                status_code_class?: number;
                /** @description Only items with this tag */
                tag?: string;
                /** @description `false`: without contents */
                with_content?: boolean;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_EndpointMessageOut_"];
                };
            };
        };
    };
    "v1.endpoint.off-spans": {
        parameters: {
            query?: {
                /** @description Also counts the messages that were missed in each, for at most ten seconds */
                count?: boolean;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OffSpansOut"];
                };
            };
        };
    };
    "v1.endpoint.recover": {
        parameters: {
            query?: {
                /** @description Only counts the messages that would be sent (200) */
                dry_run?: boolean;
                /** @description The most messages a second; 50 if omitted */
                rate?: number;
            };
            header?: {
                /** @description Repeats with the same key get the response of the first request, with idempotency-replayed: true, and with idempotency-mismatch: true if their body differs. A blank key is ignored. */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecoverIn"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayEstimateOut"];
                };
            };
            /** @description Done */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoverOut"];
                };
            };
        };
    };
    "v1.endpoint.replay-missing": {
        parameters: {
            query?: {
                /** @description Only counts the messages that would be sent (200) */
                dry_run?: boolean;
                /** @description The most messages a second; 50 if omitted */
                rate?: number;
            };
            header?: {
                /** @description Repeats with the same key get the response of the first request, with idempotency-replayed: true, and with idempotency-mismatch: true if their body differs. A blank key is ignored. */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayIn"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayEstimateOut"];
                };
            };
            /** @description Done */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayOut"];
                };
            };
        };
    };
    "v1.endpoint.get-secret": {
        parameters: {
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointSecretOut"];
                };
            };
        };
    };
    "v1.endpoint.rotate-secret": {
        parameters: {
            header?: {
                /** @description Repeats with the same key get the response of the first request, with idempotency-replayed: true, and with idempotency-mismatch: true if their body differs. A blank key is ignored. */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointSecretRotateIn"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointSecretOut"];
                };
            };
            /** @description No content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "v1.endpoint.send-example": {
        parameters: {
            header?: {
                /** @description Repeats with the same key get the response of the first request, with idempotency-replayed: true, and with idempotency-mismatch: true if their body differs. A blank key is ignored. */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventExampleIn"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageOut"];
                };
            };
        };
    };
    "v1.endpoint.get-stats": {
        parameters: {
            query?: {
                /** @description From this instant on; 28 days before `until` if omitted */
                since?: string;
                /** @description Before this instant; now if omitted */
                until?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointStats"];
                };
            };
        };
    };
    "v1.endpoint.test-attempt": {
        parameters: {
            header?: {
                /** @description Repeats with the same key get the response of the first request, with idempotency-replayed: true, and with idempotency-mismatch: true if their body differs. A blank key is ignored. */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TestAttemptIn"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestAttemptOut"];
                };
            };
        };
    };
    "v1.application.failures": {
        parameters: {
            query?: {
                /** @description The iterator returned from a prior invocation */
                iterator?: string;
                /** @description Limit the number of returned items */
                limit?: number;
                /** @description From this instant on; 24 hours before `until` if omitted */
                since?: string;
                /** @description Before this instant; now if omitted */
                until?: string;
            };
            path: {
                app_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationFailuresOut"];
                };
            };
        };
    };
    "v1.message.list": {
        parameters: {
            query?: {
                /** @description Only items created after this instant */
                after?: string;
                /** @description Only items created before this instant */
                before?: string;
                channel?: string;
                event_types?: string[];
                /** @description The iterator returned from a prior invocation */
                iterator?: string;
                /** @description Limit the number of returned items */
                limit?: number;
                /** @description Only items with this tag */
                tag?: string;
                /** @description `false`: without contents */
                with_content?: boolean;
            };
            path: {
                app_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_MessageOut_"];
                };
            };
        };
    };
    "v1.message.get": {
        parameters: {
            query?: {
                with_content?: boolean;
            };
            path: {
                app_id: string;
                msg_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageOut"];
                };
            };
        };
    };
    "v1.message-attempt.get": {
        parameters: {
            query?: {
                /** @description Prints status 4 and `canceled` where nothing was sent; otherwise 2 and `fail` */
                expanded_statuses?: boolean;
                /** @description Each attempt with its cause, request, response headers and what followed, in `details` */
                with_details?: boolean;
            };
            path: {
                app_id: string;
                attempt_id: string;
                msg_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageAttemptOut"];
                };
            };
        };
    };
    "v1.message-attempt.list-attempted-destinations": {
        parameters: {
            query?: {
                /** @description The iterator returned from a prior invocation */
                iterator?: string;
                /** @description Limit the number of returned items */
                limit?: number;
            };
            path: {
                app_id: string;
                msg_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_MessageEndpointOut_"];
                };
            };
        };
    };
    "v1.message-attempt.resend": {
        parameters: {
            header?: {
                /** @description Repeats with the same key get the response of the first request, with idempotency-replayed: true, and with idempotency-mismatch: true if their body differs. A blank key is ignored. */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
                msg_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmptyResponse"];
                };
            };
        };
    };
    "v1.message.search": {
        parameters: {
            path: {
                app_id: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessageSearchIn"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_MessageOut_"];
                };
            };
        };
    };
    "v1.portal-settings.get-in-application": {
        parameters: {
            path: {
                app_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortalSettingsOut"];
                };
            };
        };
    };
    "v1.authentication.logout": {
        parameters: {
            header?: {
                /** @description Repeats with the same key get the response of the first request, with idempotency-replayed: true, and with idempotency-mismatch: true if their body differs. A blank key is ignored. */
                "idempotency-key"?: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description No content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "v1.authentication.one-time-token": {
        parameters: {
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OneTimeTokenIn"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneTimeTokenOut"];
                };
            };
        };
    };
    "v1.authentication.whoami": {
        parameters: {
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhoamiOut"];
                };
            };
        };
    };
    "v1.background-task.get": {
        parameters: {
            path: {
                task_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackgroundTaskOut"];
                };
            };
        };
    };
    "v1.background-task.cancel": {
        parameters: {
            header?: {
                /** @description Repeats with the same key get the response of the first request, with idempotency-replayed: true, and with idempotency-mismatch: true if their body differs. A blank key is ignored. */
                "idempotency-key"?: string;
            };
            path: {
                task_id: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackgroundTaskOut"];
                };
            };
        };
    };
    "v1.event-type.list": {
        parameters: {
            query?: {
                include_archived?: boolean;
                /** @description The iterator returned from a prior invocation */
                iterator?: string;
                /** @description Limit the number of returned items */
                limit?: number;
                /** @description Ignored */
                order?: "ascending" | "descending";
                with_content?: boolean;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_EventTypeOut_"];
                };
            };
        };
    };
    "v1.event-type.get": {
        parameters: {
            path: {
                event_type_name: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventTypeOut"];
                };
            };
        };
    };
    "v1.health.get": {
        parameters: {
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthOut"];
                };
            };
        };
    };
    "v1.health.ping": {
        parameters: {
        };
        requestBody?: never;
        responses: {
            /** @description No content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
