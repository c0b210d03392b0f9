#include "publish.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "allow_list.h"
#include "check/device_check.h"
#include "digest.h"
#include "edgewise/text.h"
#include "errors.h"
#include "files.h"
#include "measure/interrupt.h"
#include "presets.h"
#include "qr.h"
#include "store.h"
#include "terminal.h"

namespace edgewise {

namespace {

/// A preset that may be published, and what was left out of it. Errors name `file`.
struct Prepared {
  Upload upload;
  std::vector<std::string> left_out;
};

Result<Prepared> prepare_upload(const std::string& file, const std::string& text) {
  auto catalog = bundled_catalog();
  if (!catalog) return catalog.errors();
  auto allowed = allow_listed(text, identifying_words());
  if (!allowed) return in_file(file, allowed.errors());
  const auto device = check_device(allowed->text, *catalog);
  if (!device) {
    // What is missing may have been left out: then its reason helps more than "is missing".
    Errors errors = device.errors();
    for (const std::string& left : allowed->left_out) errors.push_back({"left_out", "", "left out: " + left});
    return in_file(file, std::move(errors));
  }
  if (static_cast<double>(allowed->text.size()) > largest_preset_B)
    return Error{"too_large", file, "is larger than " + human(largest_preset_B, "B") + " when published"};
  Prepared p;
  p.upload.sha256 = sha256(allowed->text);
  p.upload.name = device->id + "-" + p.upload.sha256.substr(0, 16);
  p.upload.device = *device;
  p.upload.text = std::move(allowed->text);
  p.left_out = std::move(allowed->left_out);
  return p;
}

void show(const Prepared& p, std::ostream& out, std::ostream& err) {
  out << p.upload.text << std::flush;
  say(err, "these " + std::to_string(p.upload.text.size()) + " bytes are everything that is published, as " +
               p.upload.name + ".json");
  say(err,
      "not in them: host name, user name, file paths, serial numbers, network addresses, time of day, kernel version");
  for (const std::string& left : p.left_out) say(err, "left out: " + left);
}

/// Asked on the terminal, or answered on the command line.
bool agreed(const PublishRequest& p, const std::string& to, std::ostream& err) {
  if (p.yes) return true;
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDERR_FILENO) == 0) {
    say(err, "nothing was sent: --yes sends it");
    return false;
  }
  err << "Publish this, for everybody to read, to " << harmless(to.substr(0, to.find('?'))) << "? [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  const bool yes = answer == "y" || answer == "Y" || answer == "yes";
  if (!yes) say(err, "nothing was sent");
  return yes;
}

void announce(const Place& place, const PublishRequest& p, std::ostream& out, std::ostream& err) {
  out << (place.there_before ? "Was published before: " : "Published: ") << harmless(place.where) << "\n";
  if (place.url.empty()) return;
  if (place.url != place.where) out << "Preset: " << harmless(place.url) << "\n";
  const std::string fragment = "#device=" + percent_encoded(place.url);
  if (p.page.empty()) {
    out << "Link: add " << fragment << " to the address of an Edgewise page (--page states it)\n";
    return;
  }
  std::string page = p.page.substr(0, p.page.find('#'));
  if (page.back() != '/' && page.substr(page.rfind('/') + 1).find('.') == page.npos) page += '/';
  const std::string link = page + fragment;
  out << "Link: " << link << "\n";
  const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  if (!terminal && !p.qr) return;
  const std::string code = qr_code(link, terminal);
  if (!code.empty())
    out << "\n" << code;
  else if (p.qr)
    say(err, "no QR code: the link is too long, or this binary was built without libqrencode");
}

/// The bearer token of the environment that goes with this target, if any, and the variable that holds it. S3's keys
/// are not sent, they sign.
std::pair<const char*, std::string Credentials::*> token_for(const TargetOptions& o) {
  if (o.to.rfind("github:", 0) == 0) return {"GITHUB_TOKEN", &Credentials::github_token};
  if (o.to.rfind("http", 0) == 0 && !presigned(o.to)) return {"EDGEWISE_TOKEN", &Credentials::token};
  return {nullptr, nullptr};
}

/// What a token is kept and recognized with: it belongs to one server.
std::string token_at(const TargetOptions& o, const std::string& token) { return server_of(o) + "\n" + token; }

/// A token was meant for the server that was named beside it. What was kept then gets no other one now.
Errors bind_token(const Kept& kept, Credentials& c, std::ostream& err) {
  const auto [name, member] = token_for(kept.target);
  if (!name || (c.*member).empty() || server_of(kept.target) == github_api) return {};
  if (unseals(kept.token_seal, token_at(kept.target, c.*member))) return {};
  if (!kept.token_seal.empty())
    return {{"credentials", name,
             "is not the token that this was kept with for " + server_of(kept.target) +
                 ", and is not sent there: if it is a new one for that server, publish the file with --to " +
                 kept.target.to}};
  say(err, std::string(name) + " is not sent to " + server_of(kept.target) +
               ": this was kept without a token; publish the file with --to " + kept.target.to +
               " to send it with one");
  (c.*member).clear();
  return {};
}

/// Sends what is kept, and moves it to what is published.
int send(const Store& store, const Kept& kept, const Upload& upload, const PublishRequest& p, std::ostream& out,
         std::ostream& err) {
  const auto not_sent = [&](const Errors& errors) {
    refuse(errors, err);
    say(err, "not published; kept as " + Store::preset_file(kept).string() +
                 "; edgewise publish --pending --yes tries again");
    return failure;
  };
  auto credentials = read_credentials(p.credentials_file);
  if (!credentials) return refuse(credentials.errors(), err);
  const std::vector<std::string> secrets = credentials->secrets();
  if (const Errors errors = bind_token(kept, *credentials, err); !errors.empty()) return not_sent(errors);
  // Without a token the user's browser, which is logged in, does it.
  if (kept.target.to.rfind("github:", 0) == 0 && credentials->github_token.empty() && credentials->file.empty()) {
    const NewFileLink link = new_file_link(kept.target, upload);
    out << "GITHUB_TOKEN is not set. GitHub's own page opens the pull request:\n" << link.url << "\n";
    if (!link.with_content)
      out << "The preset is too long for an address: paste the content of "
          << harmless(Store::preset_file(kept).string()) << "\n";
    return done;
  }
  if (const Errors errors = network_allowed(); !errors.empty()) return not_sent(errors);
  HttpOptions http = p.http;
  http.ca_file = kept.ca_file;
  http.insecure_http = kept.insecure_http;
  http.credentials_file = credentials->file;
  http.secrets = secrets;
  http.say = [&err](const std::string& text) { say(err, text); };
  note_interrupts();  // from here on there is something to end well; at the question Ctrl-C ends the program
  const auto target = make_target(kept.target, *credentials, http);
  if (!target) return not_sent(target.errors());
  const auto place = (*target)->send(upload);
  if (!place) return not_sent(place.errors());
  announce(*place, p, out, err);
  // It has arrived: that the note of it could not be written changes nothing.
  for (const Error& e : store.published(kept, *place, utc_day()))
    say(err, "warning: published, but " + e.path + ": " + e.message);
  return done;
}

int publish_pending(const PublishRequest& p, std::ostream& out, std::ostream& err) {
  const auto store = Store::open();
  if (!store) {
    return fail(store.errors(), err);
  }
  int code = done;
  const auto waiting = store->pending();
  if (waiting.empty()) say(err, "nothing is pending");
  for (const auto& kept : waiting) {
    // Bytes on a disk may have been changed since: they are checked like any others.
    const auto prepared =
        kept ? prepare_upload(Store::preset_file(*kept).string(), kept->text) : Result<Prepared>(kept.errors());
    if (!prepared) {
      code = refuse(prepared.errors(), err);
      continue;
    }
    show(*prepared, out, err);
    if (!agreed(p, kept->target.to, err)) continue;
    Kept shown = *kept;
    shown.text = prepared->upload.text;
    if (const int sent = send(*store, shown, prepared->upload, p, out, err); sent != done) code = sent;
    if (interrupted()) break;
  }
  return code;
}

}  // namespace

int run_publish(const PublishRequest& p, std::ostream& out, std::ostream& err) {
  if (p.pending) {
    if (!p.file.empty() || !p.target.to.empty())
      return refuse({{"option", "--pending", "takes neither a file nor --to: what is kept knows its target"}}, err);
    return publish_pending(p, out, err);
  }
  if (p.file.empty()) return refuse({{"missing", "FILE", "is required, or --pending"}}, err);
  if (!p.target.to.empty())
    if (const Errors errors = check_target(p.target); !errors.empty()) return refuse(errors, err);
  if (!p.page.empty() && p.page.rfind("https://", 0) != 0 && p.page.rfind("http://", 0) != 0)
    return refuse({{"url", "--page", "must begin with https://"}}, err);
  if (p.yes && p.target.to.empty())
    return refuse(
        {{"missing", "--to", "is required to send: https://..., s3://BUCKET/PREFIX or github:OWNER/REPOSITORY"}}, err);

  const auto text = read_text(p.file, largest_device_B);
  if (!text) return refuse(text.errors(), err);
  const auto prepared = prepare_upload(p.file, *text);
  if (!prepared) return refuse(prepared.errors(), err);
  show(*prepared, out, err);
  if (p.target.to.empty()) {
    say(err, "a dry run: nothing was sent; --to TARGET --yes sends it");
    return done;
  }
  if (!agreed(p, p.target.to, err)) return done;

  const auto store = Store::open();
  Kept kept;
  kept.target = p.target;
  // What is sent later may be sent from another folder.
  if (!p.http.ca_file.empty()) kept.ca_file = std::filesystem::absolute(p.http.ca_file).string();
  kept.insecure_http = p.http.insecure_http;
  const auto credentials = read_credentials(p.credentials_file);
  if (!credentials) return refuse(credentials.errors(), err);
  if (const auto [name, member] = token_for(kept.target); name && !((*credentials).*member).empty())
    kept.token_seal = seal(token_at(kept.target, (*credentials).*member));
  const auto stored = store ? store->keep(prepared->upload, kept) : Result<Kept>(store.errors());
  if (!stored) {
    refuse(stored.errors(), err);
    say(err, "not published: what is sent must be kept first");
    return failure;
  }
  for (const auto& waiting : store->pending())
    if (!waiting && waiting.errors()[0].code == "orphan") refuse(waiting.errors(), err);
  return send(*store, *stored, prepared->upload, p, out, err);
}

}  // namespace edgewise
