//! The server.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    extract::{Query, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use tokio::{net::TcpListener, sync::watch};
use tokio_util::sync::CancellationToken;

use super::{WebError, guard::is_local_host, health::not_ready, metrics, page};
use crate::model::Status;

/// Headers of every answer: nothing is loaded but our own style, nothing frames or caches us.
const HEADERS: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
    ("cross-origin-resource-policy", "same-origin"),
];

#[derive(Debug, Clone)]
struct App {
    status: watch::Receiver<Arc<Status>>,
    /// Bound to loopback: only names of this machine are answered.
    is_loopback: bool,
}

/// Serves `/` (status page), `/metrics` (Prometheus text), `/healthz` (the process lives) and
/// `/readyz` (503 while polling pauses) until `shutdown`.
///
/// On a loopback address requests under foreign names are answered with 421, against DNS
/// rebinding. There is no authentication: bind it to loopback or a private network.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    status: watch::Receiver<Arc<Status>>,
    shutdown: CancellationToken,
) -> Result<(), WebError> {
    let address = listener.local_addr().map_err(WebError::NoAddress)?;
    let app = App {
        status,
        is_loopback: address.ip().is_loopback(),
    };
    let router = Router::new()
        .route("/", get(status_page))
        .route("/style.css", get(style))
        .route("/metrics", get(metrics_text))
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(app.clone(), guarded))
        .with_state(app);
    tracing::info!(%address, "status page on http://{address}/");
    axum::serve(listener, router)
        .with_graceful_shutdown(shutdown.cancelled_owned())
        .await
        .map_err(|source| WebError::Stopped { address, source })
}

async fn guarded(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = if app.is_loopback && !is_asked_locally(&request) {
        let why = "this server answers under the names of its own machine only, such as localhost; \
                   a proxy before it must send one of them as Host\n";
        (StatusCode::MISDIRECTED_REQUEST, why).into_response()
    } else {
        next.run(request).await
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    response
}

/// Both places that name the host count: `Host`, and the authority of an absolute target.
fn is_asked_locally(request: &Request) -> bool {
    let host = request.headers().get(header::HOST);
    let is_host_local = host.is_some_and(|host| host.to_str().is_ok_and(is_local_host));
    let authority = request.uri().authority();
    is_host_local && authority.is_none_or(|authority| is_local_host(authority.as_str()))
}

async fn status_page(
    State(app): State<App>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let page = query.get("page").and_then(|page| page.parse().ok());
    let status = snapshot(&app);
    Html(page::render(&status, page.unwrap_or(1)).into_string()).into_response()
}

async fn style() -> Response {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
        page::STYLE,
    )
        .into_response()
}

async fn metrics_text(State(app): State<App>) -> Response {
    let status = snapshot(&app);
    let content_type = "text/plain; version=0.0.4; charset=utf-8";
    (
        [(header::CONTENT_TYPE, content_type)],
        metrics::render(&status),
    )
        .into_response()
}

async fn alive() -> &'static str {
    "alive\n"
}

async fn ready(State(app): State<App>) -> Response {
    match not_ready(&snapshot(&app)) {
        None => "ready\n".into_response(),
        Some(why) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("not ready: {why}\n"),
        )
            .into_response(),
    }
}

async fn not_found() -> Response {
    (
        StatusCode::NOT_FOUND,
        "no such page; there are /, /metrics, /healthz and /readyz\n",
    )
        .into_response()
}

fn snapshot(app: &App) -> Arc<Status> {
    Arc::clone(&app.status.borrow())
}
