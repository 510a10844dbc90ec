#pragma once
#include "model/steps.hpp"

// What people and editors do to the files of a checkout.
namespace gf::model {

void write_file(World& world, const Step& step);
void append_file(World& world, const Step& step);
void write_slowly(World& world, const Step& step);     ///< in two pieces, between which time goes by
void write_and_back(World& world, const Step& step);   ///< other contents for a moment
void write_as_before(World& world, const Step& step);  ///< other contents of the same size and time
void save_by_rename(World& world, const Step& step);   ///< as editors do, with a copy of the former contents
void leave_editor_file(World& world, const Step& step);
void remove_file(World& world, const Step& step);
void remove_and_write(World& world, const Step& step);
void rename_file(World& world, const Step& step);
void change_mode(World& world, const Step& step);
void make_link(World& world, const Step& step);
void ignore_other_files(World& world, const Step& step);

void make_folder(World& world, const Step& step);
void rename_folder(World& world, const Step& step);
void swap_folders(World& world, const Step& step);
void remove_folder(World& world, const Step& step);
void make_repository(World& world, const Step& step);  ///< of a folder, which is then none of ours

}  // namespace gf::model
