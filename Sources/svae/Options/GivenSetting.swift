import ArgumentParser
import Foundation
import ImageData
import Learning
import Settings

/// What an option says of settings.
struct Given<Content: Configurable>: Sendable {
  let change: Setting<Content>.Change

  init(_ change: @escaping Setting<Content>.Change) { self.change = change }

  /// Gives settings the value that a text stands for.
  ///
  /// - Throws: a `SettingFault` where it stands for none.
  init(_ keys: [String], _ text: String) throws {
    let changes = try keys.map { key in
      let setting = Content.setting(key)
      guard case .list = setting.form(in: .defaults(for: .cut)) else {
        return try setting.change(to: .text(text))
      }
      let elements = text.split(separator: ",").map { SettingForm.text(String($0)) }
      return try setting.change(to: .list(elements))
    }
    change = { content in for change in changes { change(&content) } }
  }

  /// Gives a setting its value where a flag was given.
  init?(_ keys: String..., flag: Bool?) {
    guard let flag, let given = try? Given(keys, "\(flag)") else { return nil }
    self = given
  }
}

extension Option {
  /// An option that gives settings their value, with the first one's help.
  init<Content: Configurable>(
    _ keys: String..., name: NameSpecification = .long,
    parsing: SingleValueParsingStrategy = .next, valueName: String? = nil, help: String? = nil
  ) where Value == Given<Content>? {
    let setting = Content.setting(keys[0])
    self.init(
      name: name, parsing: parsing,
      help: ArgumentHelp(setting.help(help, showsDefault: true), valueName: valueName),
      completion: setting.choices.isEmpty ? nil : .list(setting.choices),
      transform: { text in
        do {
          return try Given(keys, text)
        } catch let fault as SettingFault {
          throw ValidationError("expected \(setting.hint(fault))")
        }
      })
  }
}

extension ArgumentHelp {
  /// The help of a flag that sets this.
  static func flag<Content: Configurable>(
    _ key: String, of content: Content.Type, showsDefault: Bool = false
  ) -> ArgumentHelp {
    ArgumentHelp(Content.setting(key).help(nil, showsDefault: showsDefault))
  }
}

extension Configurable {
  /// The setting of this name, which an option has.
  static func setting(_ key: String) -> Setting<Self> {
    guard let setting = settings.first(where: { $0.key == key }) else {
      preconditionFailure("\(Self.self) has no setting \(key)")
    }
    return setting
  }
}

extension Setting where Root: Configurable {
  /// "Number of latents. (default: 169; 400 for small images such as digits)"
  fileprivate func help(_ text: String?, showsDefault: Bool) -> String {
    var help = "\(text ?? meaning)."
    if showsDefault {
      let (natural, digits) = (defaultText(.cut), defaultText(.whole))
      help +=
        natural == digits
        ? " (default: \(natural))"
        : " (default: \(natural); \(digits) for small images such as digits)"
    }
    return choices.isEmpty ? help : help + " (values: \(choices.joined(separator: ", ")))"
  }

  private func defaultText(_ kind: PatchKind) -> String {
    switch form(in: .defaults(for: kind)) {
    case .null: ifNull ?? "none"
    case .list(let elements): elements.map(\.yaml).joined(separator: ",")
    case let form: form.yaml
    }
  }

  /// What would be right, on the command line.
  fileprivate func hint(_ fault: SettingFault) -> String {
    fault.index == nil ? fault.expected : "numbers such as \(defaultText(.cut))"
  }
}
